from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.domain import events as e
from services.domain.asked import NUMBERS
from services.domain.policy import Policy, PolicyFaults
from services.domain.registry import Registry, RegistryFaults
from tests.domain.lives import (
    CARE,
    CENSUS,
    POLICE,
    calendar,
    content,
    default_policy,
    event,
    policy,
    registry,
)

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
LIMIT = "timeliness.decision_overdue.limit"


def parsed(default: Mapping[str, Any], feeds: Mapping[str, Any] | None = None) -> Policy:
    return Policy.parse(default, feeds or content("policy/feeds.toml"), registry(), calendar())


def changed(**line: object) -> dict[str, Any]:
    """The default policy with a second line for one number."""
    default = deepcopy(default_policy())
    second = {**default["numbers"][LIMIT][0], "since": date(2026, 3, 3), "value": 2, **line}
    default["numbers"][LIMIT].append(second)
    return default


def faults(default: Mapping[str, Any], feeds: Mapping[str, Any] | None = None) -> list[str]:
    with pytest.raises(PolicyFaults) as raised:
        parsed(default, feeds)
    return raised.value.pointers


def feeds_with(*lines: Mapping[str, object], silences: tuple[object, ...] = ()) -> dict[str, Any]:
    return {"feeds": list(lines), "silences": list(silences)}


def test_the_default_policy_has_every_number_that_a_rule_asks_for() -> None:
    assert {policy().number(name, NOON).since for name in NUMBERS} == {None}


def test_a_number_holds_from_its_london_day_on() -> None:
    two = parsed(changed())
    assert two.number(LIMIT, datetime(2026, 3, 2, 23, 59, tzinfo=UTC)).value == 1
    assert two.number(LIMIT, datetime(2026, 3, 3, tzinfo=UTC)).value == 2
    summer = parsed(changed(since=date(2026, 6, 2)))
    assert summer.number(LIMIT, datetime(2026, 6, 1, 23, tzinfo=UTC)).value == 2
    assert summer.number(LIMIT, date(2026, 6, 1)).value == 1


def test_every_fault_of_a_policy_is_named_at_once() -> None:
    default = changed(value=True, unit="fortnights", since="2026", source="", standing="rumour")
    del default["numbers"]["child.age_below"]
    default["lists"]["completeness.placeholders"] = []
    assert faults(default, feeds_with({"agency": "nobody", "types": "all", "why": ""})) == [
        f"/numbers/{LIMIT}/1/value: not a whole number",
        f"/numbers/{LIMIT}/1/unit: unknown",
        f"/numbers/{LIMIT}/1/source: missing",
        f"/numbers/{LIMIT}/1/standing: unknown",
        f"/numbers/{LIMIT}/1/since: not a day",
        "/lists/completeness.placeholders: no lines",
        "/numbers/child.age_below: missing",
        f"/numbers/{LIMIT}: missing",
        "/lists/completeness.placeholders: missing",
        "/feeds/0/agency: not in the registry",
        "/feeds/0/types: not texts",
        "/feeds/0/why: missing",
    ]


def test_lines_out_of_order_and_a_first_line_with_a_date_are_faults() -> None:
    default = changed()
    default["numbers"][LIMIT].append(default["numbers"][LIMIT][1])
    default["numbers"]["child.age_below"][0]["since"] = date(2020, 1, 1)
    assert faults(default) == [
        "/numbers/child.age_below/0/since: the first line holds from ever",
        f"/numbers/{LIMIT}/2/since: not after the line before",
        "/numbers/child.age_below: missing",
        f"/numbers/{LIMIT}: missing",
    ]


def test_a_number_in_a_unit_that_its_rule_cannot_use_is_a_fault() -> None:
    assert faults(changed(unit="words")) == [f"/numbers/{LIMIT}: unit"]


def test_what_is_no_policy_at_all_is_a_fault_and_no_crash() -> None:
    assert "/numbers: not a table" in faults({})
    assert "/feeds: not a list" in faults(default_policy(), {"feeds": 1})
    assert "/feeds/0/: not a table" in faults(default_policy(), {"feeds": ["x"]})


def test_the_version_names_the_content_and_nothing_else() -> None:
    default = default_policy()
    upside_down = {**default, "numbers": dict(reversed(default["numbers"].items()))}
    assert parsed(default).version == parsed(upside_down).version == policy().version
    assert parsed(changed()).version != policy().version


def test_the_version_changes_with_the_calendar_and_with_the_registry() -> None:
    default, feeds = default_policy(), content("policy/feeds.toml")
    shorter = replace(calendar(), last=date(2028, 12, 30))
    fewer = Registry(dict(list(registry().agencies.items())[:-1]))
    versions = {
        policy().version,
        Policy.parse(default, feeds, registry(), shorter).version,
        Policy.parse(default, feeds, fewer, calendar()).version,
    }
    assert len(versions) == 3


def test_a_policy_may_turn_working_days_into_hours() -> None:
    clock = parsed(changed(unit="hours", value=3)).deadline(LIMIT, NOON, NOON)
    assert (clock.at, clock.skipped) == (datetime(2026, 3, 3, 15, tzinfo=UTC), ())


def test_a_source_with_a_line_of_its_own_is_looked_up_by_it() -> None:
    assert policy().fed(CENSUS, "norfolk-csc", e.ASSESSMENT_COMPLETED, NOON)
    assert not policy().fed(CENSUS, "norfolk-csc", e.DECIDED, NOON)
    assert policy().fed(CARE, "norfolk-csc", e.DECIDED, NOON)


def test_a_source_without_a_line_is_looked_up_by_the_agency_that_owes() -> None:
    feeds = feeds_with({"agency": "norfolk-csc", "types": ["social-care.*"], "why": "told"})
    by = parsed(default_policy(), feeds)
    assert by.fed(POLICE, "norfolk-csc", e.DECIDED, NOON)
    assert not by.fed(POLICE, "norfolk-police", e.DECIDED, NOON)


def test_a_feed_holds_between_its_days_both_included() -> None:
    line = {"agency": "norfolk-csc", "types": ["*"], "why": "told"}
    days = {"since": date(2026, 3, 3), "until": date(2026, 3, 4)}
    by = parsed(default_policy(), feeds_with({**line, **days}))
    answers = [
        by.fed(CARE, "norfolk-csc", e.DECIDED, NOON.replace(day=day)) for day in (2, 3, 4, 5)
    ]
    assert answers == [False, True, True, False]


def test_a_silence_that_a_person_entered_is_not_fed() -> None:
    line = {"agency": "norfolk-csc", "types": ["*"], "why": "told"}
    silence = {**line, "types": [e.DECIDED], "since": date(2026, 3, 3), "until": date(2026, 3, 3)}
    by = parsed(default_policy(), feeds_with(line, silences=(silence,)))
    assert not by.fed(CARE, "norfolk-csc", e.DECIDED, NOON)
    assert by.fed(CARE, "norfolk-csc", e.TOLD, NOON)
    assert by.fed(CARE, "norfolk-csc", e.DECIDED, NOON.replace(day=4))


def test_a_silence_without_days_and_a_feed_that_ends_before_it_starts_are_faults() -> None:
    line = {"agency": "norfolk-csc", "types": ["*"], "why": "told"}
    backwards = {**line, "since": date(2026, 3, 3), "until": date(2026, 3, 2)}
    feeds = feeds_with(backwards, {**line, "source": CARE}, silences=(line,))
    assert faults(default_policy(), feeds) == [
        "/feeds/0/until: before since",
        "/feeds/1/source: either a source or an agency",
        "/silences/0/since: missing",
        "/silences/0/until: missing",
    ]


@pytest.mark.parametrize(("age", "child"), [(17, True), (18, False), (None, True), (0, True)])
def test_a_child_is_under_18_or_of_unknown_age(age: int | None, child: bool) -> None:  # noqa: FBT001
    assert policy().is_child(event(e.DETAINED, NOON, custody_ref="C-1", age=age)) is child


def test_the_registry_says_who_may_send_what_and_where_it_goes() -> None:
    known = registry()
    assert known.may_send("norfolk-police", e.DETAINED)
    assert not known.may_send("norfolk-school", e.DETAINED)
    assert not known.may_send("nobody", e.MADE)
    assert known.topic_of("norfolk-csc") == "social-care.events"
    assert known.social_care_of("E10000020") == "norfolk-csc"
    assert known.social_care_of("E09000001") is None


def test_an_agencys_own_list_replaces_its_kinds() -> None:
    stated = deepcopy(content("agencies.toml"))
    stated["agencies"]["norfolk-school"]["may_send"] = ["partner.*"]
    known = Registry.parse(stated)
    assert known.may_send("norfolk-school", e.CONCERN)
    assert not known.may_send("norfolk-school", e.MADE)


def test_every_fault_of_a_registry_is_named() -> None:
    stated = {
        "kinds": {"police": {"topic": 1, "may_send": "all"}},
        "agencies": {"x": {"name": 5, "kind": "fire", "areas": "E1", "may_send": 1}, "y": 1},
    }
    with pytest.raises(RegistryFaults) as raised:
        Registry.parse(stated)
    assert raised.value.pointers == [
        "/kinds/police/topic: not a text",
        "/kinds/police/may_send: not texts",
        "/agencies/x/name: not a text",
        "/agencies/x/kind: not one of [kinds]",
        "/agencies/x/areas: not texts",
        "/agencies/x/may_send: not texts",
        "/agencies/y: not a table",
    ]
