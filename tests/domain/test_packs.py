"""Does a local line hold where and when it says, and is every fault of a pack named?"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.domain import events as e
from services.domain.policy import Policy, PolicyFaults
from tests.domain.lives import (
    AREA,
    POLICE,
    SCHOOL,
    calendar,
    content,
    default_policy,
    event,
    found,
    registry,
)

LIMIT = "timeliness.decision_overdue.limit"
RED = "timeliness.referral_not_made.red"
REVIEW = "oversight.not_reviewed.limit"
REQUIRED = "completeness.information_missing.required"
SAYS = {"source": "Example: a test", "standing": "local"}
CODES = {
    name: content(f"codes/{name}.toml")["codes"]
    for name in ("unit", "course", "information-element")
}
EXAMPLE = content("policy/examples/graded-front-door.toml")


def ruled(*packs: Mapping[str, Any]) -> Policy:
    return Policy.parse(
        default_policy(),
        content("policy/feeds.toml"),
        registry(),
        calendar(),
        {f"pack-{place}": pack for place, pack in enumerate(packs, start=1)},
        CODES,
    )


def faults(*packs: Mapping[str, Any]) -> list[str]:
    with pytest.raises(PolicyFaults) as raised:
        ruled(*packs)
    return raised.value.pointers


def pack(**numbers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A pack with lines for `limit`, `red` or `review`; hours, unless they say otherwise."""
    names = {"limit": LIMIT, "red": RED, "review": REVIEW}
    lines = {
        names[short]: [{"unit": "hours", **SAYS, **line} for line in own]
        for short, own in numbers.items()
    }
    return {"schema": 1, "numbers": lines}


def opens(rule: str, by: Policy, *events: e.Event) -> str:
    (gap,) = found(rule, *events, by=by)
    return gap.opens_at.isoformat()


def graded(grade: str, at: str, source: str = POLICE, ref: str = "I-1") -> e.Event:
    return event(e.EXPOSED, at, source, incident_ref=ref, grade=grade, involvement="victim")


def referred(at: str, *triggers: str, features: Mapping[str, Any] | None = None) -> e.Event:
    said = {} if features is None else {"features": features}
    return event(
        e.MADE, at, POLICE, None, referral_ref="R-1", sent_to=AREA, triggers=list(triggers), **said
    )


def test_without_a_pack_the_default_holds_and_names_its_line() -> None:
    (gap,) = found("timeliness.decision_overdue", referred("2026-03-03T10:00:00Z"), by=ruled())
    assert gap.why.params["line"] == f"/numbers/{LIMIT}/0"
    assert gap.why.params["standing"] == "guidance"


def test_the_example_is_a_pack_without_a_fault() -> None:
    assert ruled(EXAMPLE).version != ruled().version


@pytest.mark.parametrize(
    ("grade", "opens_at", "line"),
    [
        ("red", "2026-03-03T14:00:00+00:00", 0),
        ("amber", "2026-03-04T10:00:00+00:00", 1),
        ("green", "2026-03-04T23:59:59+00:00", 2),
    ],
)
def test_a_decision_is_owed_by_the_grade_of_what_set_the_referral_off(
    grade: str, opens_at: str, line: int
) -> None:
    events = (graded(grade, "2026-03-03T09:00:00Z"), referred("2026-03-03T10:00:00Z", "I-1"))
    (gap,) = found("timeliness.decision_overdue", *events, by=ruled(EXAMPLE))
    assert gap.opens_at.isoformat() == opens_at
    assert gap.why.params["line"] == f"/pack-1/numbers/{LIMIT}/{line}"
    assert gap.why.params["standing"] == "local"


def test_of_several_grades_the_gravest_counts() -> None:
    events = (
        graded("red", "2026-03-01T09:00:00Z", ref="I-2"),
        graded("amber", "2026-03-03T09:00:00Z"),
        referred("2026-03-03T10:00:00Z", "I-1", "I-2"),
    )
    opened = opens("timeliness.decision_overdue", ruled(EXAMPLE), *events)
    assert opened == "2026-03-03T14:00:00+00:00"


def test_last_years_referrals_are_judged_by_last_years_number() -> None:
    events = (graded("red", "2025-12-31T09:00:00Z"), referred("2025-12-31T10:00:00Z", "I-1"))
    (gap,) = found("timeliness.decision_overdue", *events, by=ruled(EXAMPLE))
    assert gap.why.params["line"] == f"/numbers/{LIMIT}/0"


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-03-03T17:00:00Z", "2026-03-04T23:59:59+00:00"),
        ("2026-03-03T17:00:01Z", "2026-03-05T23:59:59+00:00"),
        ("2026-03-07T09:00:00Z", "2026-03-10T23:59:59+00:00"),
        ("2026-04-02T17:30:00Z", "2026-04-08T22:59:59+00:00"),
        ("2026-06-03T16:30:00Z", "2026-06-05T22:59:59+00:00"),
    ],
    ids=[
        "at five",
        "a second after five",
        "on a saturday",
        "the evening before good friday",
        "half past five in summer",
    ],
)
def test_what_is_received_out_of_hours_counts_from_the_next_working_day(
    received: str, due: str
) -> None:
    assert opens("timeliness.decision_overdue", ruled(EXAMPLE), referred(received)) == due


def test_a_line_bound_to_an_agency_is_of_who_owes_it() -> None:
    at = "2026-03-03T09:00:00Z"
    concern = event(e.CONCERN, at, SCHOOL, concern_ref="N-1", grade="red")
    rule = "timeliness.referral_not_made"
    assert opens(rule, ruled(EXAMPLE), concern) == "2026-03-03T13:00:00+00:00"
    assert opens(rule, ruled(EXAMPLE), graded("red", at)) == "2026-03-04T09:00:00+00:00"
    bound_to_sender = pack(limit=[{"for": {"agency": "norfolk-police"}, "value": 2}])
    opened = opens("timeliness.decision_overdue", ruled(bound_to_sender), referred(at))
    assert opened == "2026-03-04T23:59:59+00:00"


def test_a_dated_line_supersedes_an_undated_one_on_its_london_day() -> None:
    before = event(e.CONCERN, "2026-08-31T22:59:59Z", SCHOOL, concern_ref="N-1", grade="red")
    after = event(e.CONCERN, "2026-08-31T23:00:00Z", SCHOOL, concern_ref="N-1", grade="red")
    rule = "timeliness.referral_not_made"
    assert opens(rule, ruled(EXAMPLE), before) == "2026-09-01T02:59:59+00:00"
    assert opens(rule, ruled(EXAMPLE), after) == "2026-09-01T01:00:00+00:00"


def test_a_line_bound_to_a_unit_is_of_who_did_the_work() -> None:
    by_custody = event(e.DETAINED, "2026-03-03T09:00:00Z", custody_ref="C-1", unit="custody")
    by_response = event(e.DETAINED, "2026-03-03T09:00:00Z", custody_ref="C-1", unit="response")
    rule = "oversight.not_reviewed"
    assert opens(rule, ruled(EXAMPLE), by_custody) == "2026-03-03T21:00:00+00:00"
    assert opens(rule, ruled(EXAMPLE), by_response) == "2026-03-04T09:00:00+00:00"


def test_a_line_bound_to_a_trigger_is_of_the_first_that_set_it_off() -> None:
    by = ruled(pack(limit=[{"for": {"trigger": "exposure"}, "value": 3}]))
    exposed = graded("green", "2026-03-01T09:00:00Z")
    detained = event(e.DETAINED, "2026-03-02T09:00:00Z", custody_ref="C-1")
    both = (exposed, detained, referred("2026-03-03T10:00:00Z", "C-1", "I-1"))
    assert opens("timeliness.decision_overdue", by, *both) == "2026-03-03T13:00:00+00:00"
    late = (exposed, detained, referred("2026-03-03T10:00:00Z", "C-1"))
    assert opens("timeliness.decision_overdue", by, *late) == "2026-03-04T23:59:59+00:00"


def test_what_a_referral_must_state_may_depend_on_its_grade() -> None:
    features = {"information": dict.fromkeys(["where_now", "immediate_safety"], "value")}
    made = referred("2026-03-03T10:00:00Z", "I-1", features=features)
    (gap,) = found(
        "completeness.information_missing",
        graded("red", "2026-03-03T09:00:00Z"),
        made,
        by=ruled(EXAMPLE),
    )
    assert gap.why.params["missing"] == ["actions_taken"]
    (other,) = found("completeness.information_missing", made, by=ruled(EXAMPLE))
    assert len(other.why.params["missing"]) == 11


def test_the_line_bound_to_most_wins_and_none_at_all_gives_way_to_it() -> None:
    lines: list[dict[str, Any]] = [
        {"value": 1},
        {"for": {"agency": "norfolk-csc"}, "value": 2},
        {"for": {"agency": "norfolk-csc", "grade": "red"}, "value": 3},
    ]
    by, made = ruled(pack(limit=lines)), referred("2026-03-03T10:00:00Z", "I-1")
    red = graded("red", "2026-03-03T09:00:00Z")
    rule = "timeliness.decision_overdue"
    assert opens(rule, by, red, made) == "2026-03-03T13:00:00+00:00"
    assert opens(rule, by, made) == "2026-03-03T12:00:00+00:00"
    assert by.number(LIMIT, date(2026, 3, 3)).value == 1
    assert by.number(LIMIT, datetime(2026, 3, 3, tzinfo=UTC)).value == 1


def test_two_lines_that_could_both_win_are_a_fault_unless_a_third_is_for_both() -> None:
    tie = [
        {"for": {"agency": "norfolk-csc"}, "value": 2},
        {"for": {"grade": "red"}, "since": date(2026, 5, 1), "value": 3},
    ]
    both = {"for": {"agency": "norfolk-csc", "grade": "red"}, "value": 4}
    named = [f"/pack-1/numbers/{LIMIT}/1/for: ties with /pack-1/numbers/{LIMIT}/0"]
    assert faults(pack(limit=tie)) == named
    assert faults(pack(limit=[*tie, {**both, "since": date(2026, 5, 2)}])) == named
    assert ruled(pack(limit=[*tie, {**both, "since": date(2026, 5, 1)}])).local_numbers


def test_lines_of_two_values_of_one_circumstance_do_not_tie() -> None:
    lines = [{"for": {"grade": "red"}, "value": 2}, {"for": {"grade": "amber"}, "value": 3}]
    assert len(ruled(pack(limit=lines)).local_numbers[LIMIT]) == 2


def test_two_lines_from_one_day_are_a_fault_across_packs_too() -> None:
    line = {"for": {"grade": "red"}, "value": 2}
    assert faults(pack(limit=[line]), pack(limit=[{**line, "value": 3}])) == [
        f"/pack-2/numbers/{LIMIT}/0/since: the same as of /pack-1/numbers/{LIMIT}/0"
    ]


def test_every_fault_of_a_pack_is_named_at_once() -> None:
    wrong = {
        "schema": 2,
        "words": {},
        "numbers": {
            "child.age_below": [{"value": 21, "unit": "years", **SAYS}],
            "timeliness.patience": [{"value": 1, "unit": "hours", **SAYS}],
            REVIEW: [
                {
                    "for": {
                        "agency": "nobody",
                        "unit": "x",
                        "grade": "blue",
                        "trigger": "y",
                        "z": "",
                    },
                    "value": 1,
                    "unit": "words",
                    "since": "2026",
                    "sinse": 1,
                },
                {"for": "custody", "value": 9999, "unit": "hours", **SAYS},
                {"value": 9, "unit": "hours", "out_of_hours": 17, **SAYS},
            ],
        },
        "lists": {
            REQUIRED: [{"values": ["shoe_size"], **SAYS}],
            "completeness.placeholders": [{"values": ["-"], **SAYS}],
            "equity.adult_language.phrases": [{"values": ["streetwise", "grown up"], **SAYS}],
        },
    }
    at = f"/pack-1/numbers/{REVIEW}"
    assert faults(wrong) == [
        "/pack-1/words: unknown",
        "/pack-1/schema: not 1",
        "/pack-1/numbers/child.age_below: set by statute",
        "/pack-1/numbers/timeliness.patience: no rule asks for it",
        f"{at}/0/for/z: not one of agency, unit, grade, trigger",
        f"{at}/0/for/agency: no such agency",
        f"{at}/0/for/unit: no such unit",
        f"{at}/0/for/grade: no such grade",
        f"{at}/0/for/trigger: no such trigger",
        f"{at}/0/since: not a day",
        f"{at}/0/unit: not for this number",
        f"{at}/0/source: missing",
        f"{at}/0/standing: unknown",
        f"{at}/0/sinse: unknown",
        f"{at}/1/for: not a table",
        f"{at}/1/value: out of sense",
        f"{at}/2/out_of_hours: only of working-days",
        f"{at}/2/out_of_hours: not a time of day",
        f"/pack-1/lists/{REQUIRED}/0/values: 'shoe_size' is not known",
        "/pack-1/lists/completeness.placeholders: read by intake, the same for all",
        "/pack-1/lists/equity.adult_language.phrases/0/values: 'grown up' is not known",
    ]


def test_a_default_line_may_not_be_bound() -> None:
    default = tomllib.loads(
        '[[numbers."child.age_below"]]\nvalue = 18\nunit = "years"\nfor = { grade = "red" }\n'
        'source = "s"\nstanding = "statute"'
    )
    with pytest.raises(PolicyFaults) as raised:
        Policy.parse(default, content("policy/feeds.toml"), registry(), calendar())
    assert "/numbers/child.age_below/0/for: only in a local pack" in raised.value.pointers


def test_the_version_names_what_packs_say_and_not_where_they_are() -> None:
    line = {"for": {"grade": "red"}, "value": 2}
    one, other = ruled(pack(limit=[line])), ruled({"schema": 1}, pack(limit=[line]))
    assert one.version == other.version
    assert len({one.version, ruled(pack(limit=[{**line, "value": 3}])).version}) == 2
    bound = {"for": {"grade": "amber"}, "value": 2}
    assert ruled(pack(limit=[bound])).version != one.version
    assert ruled({"schema": 1}).version == ruled().version


def test_a_line_is_found_again_by_its_pointer() -> None:
    by = ruled(EXAMPLE)
    line = by.line(f"/pack-1/numbers/{LIMIT}/0")
    assert line is not None
    assert line.source.startswith("Example: agreed by the partnership's front door")
    assert by.line(f"/numbers/{LIMIT}/0") == by.numbers[LIMIT][0]
    assert by.line("/pack-1/numbers/nothing/0") is None
