"""One working day: from a start (London, unless with Z) to the moment when the gap opens.

Written from domain.md a.1 (one working day), a.2 (what a working day is, its bank holidays and test
vectors) and contract.md 3: "day 0 is the day of the start event, a deadline of n working days ends
at 23:59:59 Europe/London on the nth working day after it".
"""

STARTS: dict[str, tuple[str, str]] = {
    "monday morning is owed by tuesday": ("2026-03-02 09:00", "2026-03-03 23:59:59"),
    "the first second of monday is monday": ("2026-03-02 00:00", "2026-03-03 23:59:59"),
    "the last second of monday is monday": ("2026-03-02 23:59:59", "2026-03-03 23:59:59"),
    "friday is owed by monday": ("2026-03-06 16:00", "2026-03-09 23:59:59"),
    "saturday is owed by monday": ("2026-03-07 10:00", "2026-03-09 23:59:59"),
    "sunday is owed by monday": ("2026-03-08 10:00", "2026-03-09 23:59:59"),
    "a fact with only its date starts on its day": ("2026-03-02", "2026-03-03 23:59:59"),
    "a date in summer time is its London day": ("2026-06-01", "2026-06-02 23:59:59"),
    "christmas eve is a working day": ("2024-12-23 09:00", "2024-12-24 23:59:59"),
    "christmas 2024, from the eve (vector)": ("2024-12-24 09:00", "2024-12-27 23:59:59"),
    "christmas 2024, from the day": ("2024-12-25 09:00", "2024-12-27 23:59:59"),
    "christmas 2024, from boxing day": ("2024-12-26 09:00", "2024-12-27 23:59:59"),
    "christmas 2024, from the friday after": ("2024-12-27 09:00", "2024-12-30 23:59:59"),
    "new year 2025: the 2nd is a holiday in Scotland only": (
        "2024-12-31 09:00",
        "2025-01-02 23:59:59",
    ),
    "maundy thursday 2025 is a working day": ("2025-04-16 09:00", "2025-04-17 23:59:59"),
    "easter 2025, from maundy thursday (vector)": ("2025-04-17 09:00", "2025-04-22 23:59:59"),
    "easter 2025, from good friday": ("2025-04-18 09:00", "2025-04-22 23:59:59"),
    "easter 2025, from saturday": ("2025-04-19 09:00", "2025-04-22 23:59:59"),
    "easter 2025, from easter monday": ("2025-04-21 09:00", "2025-04-22 23:59:59"),
    "2022: the last monday of may was a working day": (
        "2022-05-27 09:00",
        "2022-05-30 23:59:59",
    ),
    "jubilee 2022, two days before": ("2022-05-31 09:00", "2022-06-01 23:59:59"),
    "jubilee 2022, the day before": ("2022-06-01 09:00", "2022-06-06 23:59:59"),
    "jubilee 2022, on the thursday": ("2022-06-02 09:00", "2022-06-06 23:59:59"),
    "jubilee 2022, on the friday": ("2022-06-03 09:00", "2022-06-06 23:59:59"),
    "state funeral 2022, the friday before": ("2022-09-16 09:00", "2022-09-20 23:59:59"),
    "state funeral 2022, the sunday before": ("2022-09-18 09:00", "2022-09-20 23:59:59"),
    "state funeral 2022, on the day": ("2022-09-19 09:00", "2022-09-20 23:59:59"),
    "christmas 2022 was kept on monday and tuesday": ("2022-12-23 09:00", "2022-12-28 23:59:59"),
    "coronation 2023": ("2023-05-05 09:00", "2023-05-09 23:59:59"),
    "christmas 2026, from the eve (vector)": ("2026-12-24 09:00", "2026-12-29 23:59:59"),
    "christmas 2026, from saturday the 26th": ("2026-12-26 09:00", "2026-12-29 23:59:59"),
    "christmas 2026, from monday the 28th": ("2026-12-28 09:00", "2026-12-29 23:59:59"),
    "christmas 2027 is kept on the 27th and 28th": ("2027-12-24 09:00", "2027-12-29 23:59:59"),
    "new year 2022 was kept on the 3rd": ("2021-12-31 09:00", "2022-01-04 23:59:59"),
    "saint patrick's day is a holiday in Northern Ireland only": (
        "2026-03-16 09:00",
        "2026-03-17 23:59:59",
    ),
    "the 12th of july is a holiday in Northern Ireland only": (
        "2027-07-09 09:00",
        "2027-07-12 23:59:59",
    ),
    "saint andrew's day is a holiday in Scotland only": (
        "2026-11-27 09:00",
        "2026-11-30 23:59:59",
    ),
    "winter: 23:59:59 London is 23:59:59 UTC": ("2026-03-26T09:00:00Z", "2026-03-27T23:59:59Z"),
    "over the change in march: it is 22:59:59 UTC": (
        "2026-03-27T09:00:00Z",
        "2026-03-30T22:59:59Z",
    ),
    "the night of the change in march": ("2026-03-29T00:59:59Z", "2026-03-30T22:59:59Z"),
    "the friday before october's change: 22:59:59 UTC": (
        "2026-10-22T09:00:00Z",
        "2026-10-23T22:59:59Z",
    ),
    "over the change in october: it is 23:59:59 UTC": (
        "2026-10-23T09:00:00Z",
        "2026-10-26T23:59:59Z",
    ),
    "the hour that october has twice": ("2026-10-25T01:30:00Z", "2026-10-26T23:59:59Z"),
    "summer: 22:59:59 UTC is still the London day": (
        "2026-06-01T22:59:59Z",
        "2026-06-02T22:59:59Z",
    ),
    "summer: 23:00 UTC is the next London day": ("2026-06-01T23:00:00Z", "2026-06-03T22:59:59Z"),
}

# contract.md 3.1: "a working-day deadline opens at 23:59:59 exactly; what is done within that
# second is in time." Owed from Friday 6 March 2026 16:00, so by Monday 9 March 2026.
START = "2026-03-06 16:00"
OPENS = "2026-03-09 23:59:59"
IN_TIME = {
    "at once": "2026-03-06 16:00",
    "on the weekend": "2026-03-07 12:00",
    "the day before": "2026-03-08 23:59:59",
    "on the day": "2026-03-09 09:00",
    "on the day, known only by its date": "2026-03-09",
    "the moment before the last second": "2026-03-09 23:59:58.999999",
    "at 23:59:59 exactly": "2026-03-09 23:59:59",
    "within that second": "2026-03-09 23:59:59.999999",
}
LATE = {
    "the moment after that second": "2026-03-10 00:00",
    "the day after": "2026-03-10 09:00",
    "a week after": "2026-03-17 09:00",
}
