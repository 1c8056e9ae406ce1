"""Is the policy of alerts read strictly, and does it never end in nobody?"""

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.alert_policy import AlertPolicy, Urgency
from services.domain.alert_policy_file import AlertPolicyFaults, read_alert_policy
from services.domain.contacts import ContactFaults, Contacts
from services.domain.moments import LONDON, moment
from services.domain.rules.catalogue import CATALOGUE
from services.domain.working_days import Calendar
from tests.domain.alerting import policy, read, registry

CALENDAR = Calendar.parse(read("policy/bank-holidays.toml"))
UNITS = frozenset({"custody", "response"})


def parsed(content: dict[str, Any]) -> AlertPolicy:
    return read_alert_policy(content, {rule.name for rule in CATALOGUE}, CALENDAR)


def faults(content: dict[str, Any]) -> list[str]:
    with pytest.raises(AlertPolicyFaults) as found:
        parsed(content)
    return found.value.pointers


def test_every_fault_is_named_at_once() -> None:
    content = deepcopy(read("policy/alerts.toml"))
    content["numbers"]["fresh"][0]["unit"] = "mails"
    del content["numbers"]["settling"]
    content["ladders"]["gap"][0]["steps"][0] |= {"after": -1, "unit": "moons", "tell": ["all"]}
    content["ladders"]["query"][0]["standing"] = "rumour"
    content["urgencies"][0]["immediate"].append("timeliness.unheard_of")
    content["delivery"]["immediate"][0]["gather_minutes"] = 5
    content["delivery"]["prompt"][0]["quiet_to"] = "7 o'clock"
    del content["delivery"]["routine"]
    content["extra"] = 1
    assert sorted(faults(content)) == [
        "/delivery/immediate/0: never held",
        "/delivery/prompt/0/quiet_from: not two times of day",
        "/delivery/routine: missing",
        "/extra: unknown",
        "/ladders/gap/0/steps/0/after: not a whole number",
        "/ladders/gap/0/steps/0/tell: not of unit, duty, supervisor, head, reviewer, last",
        "/ladders/gap/0/steps/0/unit: unknown",
        "/ladders/query/0/standing: unknown",
        "/numbers/fresh/0/unit: not for this number",
        "/numbers/settling: missing",
        "/urgencies/0/immediate: no such rule",
    ]


def test_a_ladder_whose_last_step_tells_nobody_for_certain_is_refused() -> None:
    content = deepcopy(read("policy/alerts.toml"))
    content["ladders"]["gap"][0]["steps"].pop()
    assert faults(content) == [
        "/ladders/gap/0/steps/2/tell: the last step must tell 'last'",
    ]


def test_a_later_entry_holds_from_its_day_on() -> None:
    content = deepcopy(read("policy/alerts.toml"))
    later = deepcopy(content["numbers"]["fresh"][0])
    content["numbers"]["fresh"].append(
        later | {"value": 1, "since": moment("2026-03-05T00:00:00Z").date()}
    )
    dated = parsed(content)
    assert dated.length("fresh", moment("2026-03-04T23:59:59Z")) == timedelta(days=3)
    assert dated.length("fresh", moment("2026-03-05T00:00:00Z")) == timedelta(days=1)


@pytest.mark.parametrize(
    ("urgency", "asked", "goes"),
    [
        ("immediate", "2026-03-07T02:00:00Z", "2026-03-07T02:00:00Z"),
        ("prompt", "2026-03-04T12:00:00Z", "2026-03-04T12:30:00Z"),
        ("prompt", "2026-03-04T21:29:59Z", "2026-03-04T21:59:59Z"),
        ("prompt", "2026-03-04T21:30:00Z", "2026-03-05T07:00:00Z"),
        ("prompt", "2026-03-07T03:00:00Z", "2026-03-07T07:00:00Z"),
        ("routine", "2026-03-04T09:00:00Z", "2026-03-04T13:00:00Z"),
        ("routine", "2026-03-06T13:00:00Z", "2026-03-09T08:00:00Z"),
        ("routine", "2026-04-02T15:00:00Z", "2026-04-07T07:00:00Z"),  # Easter; the clocks changed
    ],
)
def test_quiet_hours_hold_all_but_what_is_immediate(
    urgency: Urgency, asked: str, goes: str
) -> None:
    at = moment(asked)
    assert policy().delivery(urgency, at).release(at, CALENDAR) == moment(goes)


@given(
    st.datetimes(moment("2026-01-01T00:00:00Z").replace(tzinfo=None)),
    st.sampled_from(("prompt", "routine")),
)
def test_nothing_is_released_into_quiet_hours_nor_before_it_was_asked_for(
    naive: datetime,
    urgency: Urgency,
) -> None:
    at = naive.replace(tzinfo=LONDON)
    held = policy().delivery(urgency, at)
    goes = held.release(at, CALENDAR)
    assert goes >= at
    assert held.quiet is not None
    begin, end = held.quiet
    assert end <= goes.astimezone(LONDON).time() < begin


def test_what_is_wrong_with_contacts_is_named_without_an_address() -> None:
    content = {
        "last": "nobody",
        "agencies": {
            "norfolk-police": {"duty": "a b@c.example", "chief": "x@y.z", "units": {"moon": {}}},
            "atlantis": {},
        },
    }  # fmt: skip
    with pytest.raises(ContactFaults) as found:
        Contacts.parse(content, registry(), UNITS)
    assert found.value.pointers == [
        "/last: no address: somebody must always be told",
        "/agencies/norfolk-police/chief: unknown",
        "/agencies/norfolk-police/duty: not an address",
        "/agencies/norfolk-police/units/moon: no such unit",
        "/agencies/atlantis: no such agency",
    ]


def contacts(**agencies: dict[str, Any]) -> Contacts:
    named = {name.replace("_", "-"): stated for name, stated in agencies.items()}
    return Contacts.parse({"last": "last@x.example", "agencies": named}, registry(), UNITS)


STEPS = policy().ladder("gap", moment("2026-03-04T10:00:00Z"))


def test_a_unit_is_told_before_its_agency() -> None:
    known = contacts(
        norfolk_police={"duty": "duty@x.example", "units": {"custody": {"duty": "c@x.example"}}}
    )
    assert known.told(STEPS, 1, "norfolk-police", "custody").addresses == ("c@x.example",)
    assert known.told(STEPS, 1, "norfolk-police", "response").addresses == ("duty@x.example",)
    assert known.told(STEPS, 1, "norfolk-police", None).addresses == ("duty@x.example",)


def test_a_step_without_an_address_falls_to_the_next_and_says_so() -> None:
    known = contacts(norfolk_qa={"duty": "qa@x.example"})
    told = known.told(STEPS, 1, "norfolk-police", None)
    assert (told.addresses, told.fell) == (("qa@x.example",), 2)


def test_an_address_that_refuses_is_passed_over_but_the_last_never() -> None:
    known = contacts(norfolk_police={"duty": "duty@x.example"})
    refused = {"duty@x.example", "last@x.example"}
    assert known.told(STEPS, 1, "norfolk-police", None, refused).addresses == ("last@x.example",)


@given(
    st.integers(1, 9),
    st.sampled_from(("norfolk-police", "norfolk-opcc", "nobody")),
    st.sets(st.sampled_from(("duty@x.example", "last@x.example", "qa@x.example"))),
)
def test_somebody_is_always_told(step: int, agency: str, refused: set[str]) -> None:
    known = contacts(norfolk_police={"duty": "duty@x.example"}, norfolk_qa={"duty": "qa@x.example"})
    assert known.told(STEPS, step, agency, None, refused).addresses
