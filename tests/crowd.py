"""Many invented children in several agencies, for tests that need a crowd and not a story."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

Made = dict[str, Any]

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
COMPLETE = dict.fromkeys(
    (
        *("address", "where_now", "immediate_safety", "parents_or_carers", "siblings", "school"),
        *("gp", "ethnicity", "language", "disability", "consent", "actions_taken", "known_workers"),
    ),
    "recorded",
)


def nhs_number(n: int) -> str | None:
    """The nth NHS number of the test range above 999 5, None where it has no check digit."""
    digits = [9, 9, 9, *(int(digit) for digit in f"{500000 + n % 500000:06d}")]
    check = 11 - sum(d * w for d, w in zip(digits, range(10, 1, -1), strict=True)) % 11
    return None if check == 10 else "".join(map(str, digits)) + str(check % 11)


def crowd(tag: str, events: int, seed: int = 1) -> list[Made]:
    """About so many events about children whom police, a school and social care know.

    Each child has a record of its own at every agency; they are one child by NHS number or by a
    shared referral. `tag` keeps runs apart.
    """
    made: list[Made] = []
    random = Random(seed)  # noqa: S311 - nothing hidden rests on it
    offset = sum(tag.encode()) * 7919
    child = 0
    while len(made) < events:
        made += _story(tag, child, offset, random)
        child += 1
    random.shuffle(made)
    return made


def _story(tag: str, child: int, offset: int, random: Random) -> Iterator[Made]:
    at = START + timedelta(minutes=random.randrange(200_000))
    number = nhs_number(offset + child)
    known = {
        "date_of_birth": f"{random.randint(2009, 2015)}-03-1{child % 9}",
        "sex": "MF"[child % 2],
    }
    if number and child % 3:
        known["nhs_number"] = number
    name = f"{tag}-{child}"

    def event(n: int, source: str, kind: str, hours: float, **data: Any) -> Made:  # noqa: ANN401
        agency = source.split("/")[1]
        return {
            "specversion": "1.0",
            "id": f"{name}-{n}",
            "source": source,
            "type": kind,
            "time": (at + timedelta(hours=hours)).isoformat().replace("+00:00", "Z"),
            "data": {"child": {"local_id": f"{agency}-{name}", **known}, **data},
        }

    officer = {"ref": f"PC-{child % 40}", "role": "investigator", "unit": "response"}
    worker = {"ref": f"SW-{child % 20}", "role": "social-worker", "unit": "front-door"}
    yield event(
        1,
        "/norfolk-police/custody",
        "police.child-detained.v1",
        0,
        custody_ref=f"C-{name}",
        practitioner=officer,
    )
    yield event(
        2,
        "/norfolk-school/records",
        "partner.concern-raised.v1",
        5,
        concern_ref=f"K-{name}",
        setting="school",
        harms=["neglect"],
        grade=random.choice(["green", "amber", "red"]),
        practitioner={"ref": "T-1", "role": "safeguarding-lead", "unit": "school"},
    )
    if child % 4:
        yield event(
            3,
            "/norfolk-police/records",
            "referral.made.v1",
            random.choice([20, 30, 80]),
            referral_ref=f"R-{name}",
            triggers=[f"C-{name}"],
            practitioner=officer,
            sent_to="E10000020",
            route="system",
            urgency="standard",
            harms=["knife"],
            reason={"why": "Found with a knife near the school gate"},
            information=COMPLETE,
        )
        yield event(
            4,
            "/norfolk-csc/records",
            "social-care.referral-received.v1",
            81,
            referral_ref=f"R-{name}",
            referral_source="6",
        )
    if child % 4 > 1:
        yield event(
            5,
            "/norfolk-csc/records",
            "social-care.referral-decided.v1",
            random.choice([82, 200]),
            referral_ref=f"R-{name}",
            decision="section-17",
            practitioner=worker,
        )
    if child % 7 == 0:
        yield event(
            6,
            "/norfolk-police/records",
            "event.retracted.v1",
            90,
            practitioner=officer,
            retracts={"source": "/norfolk-police/custody", "id": f"{name}-1"},
            reason="wrong child",
        )
    if child % 5 == 0:
        yield {
            "specversion": "1.0",
            "id": f"{name}-7",
            "source": "/norfolk-police/hr",
            "type": "training.completed.v1",
            "time": at.isoformat().replace("+00:00", "Z"),
            "data": {
                "practitioner": officer,
                "course": "child-vulnerability",
                "completed_on": "2025-11-03",
            },
        }
