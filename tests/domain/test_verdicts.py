"""Is a verdict read as it was written, and is everything else refused?"""

from typing import Any

import pytest

from services.domain.verdicts import NotAVerdict, Verdict
from tests.gaps import gap, verdict

WIRE: dict[str, Any] = verdict(gap(1), gap(2), version=7, epoch=3, merged_into="child-b").to_wire()
FIRST: dict[str, Any] = WIRE["gaps"][0]
NO_TEXT: list[Any] = [None, 1, ["a"]]
NO_TEXT_OR_NONE: list[Any] = [1, False, [], {}]
NO_COUNT: list[Any] = [None, "1", 1.0, True]
NO_LIST: list[Any] = [None, 1, "", "gaps", {}, [None], [1]]
NO_TABLE: list[Any] = [None, 1, "", []]


def _each(fields: str, wrongs: list[Any]) -> list[tuple[str, Any]]:
    return [(field, wrong) for field in fields.split() for wrong in wrongs]


WRONG: list[tuple[str, Any]] = [
    *_each("child_ref judge policy_version", NO_TEXT),
    *_each("epoch version", NO_COUNT),
    *_each("merged_into", NO_TEXT_OR_NONE),
    *_each("gaps", [*NO_LIST, [{}], ["gap"]]),
]
WRONG_OF_A_GAP: list[tuple[str, Any]] = [
    *_each("gap_id rule policy_version lesson kind child_ref agency", NO_TEXT),
    *_each("gap_id", ["", "gap-1", FIRST["gap_id"].replace("-", ""), "{" + FIRST["gap_id"] + "}"]),
    *_each("rule_version", NO_COUNT),
    *_each("observed", [None, 0, "no"]),
    *_each("referral_ref unit closes_at", NO_TEXT_OR_NONE),
    *_each("opens_at closes_at", ["soon", "2026-03-02T09:00:00", "0001-01-01T00:00:00+05:00"]),
    *_each("opens_at", NO_TEXT),
    *_each("visible_to", NO_LIST),
    *_each("evidence", [*NO_LIST, [{}], [{"source": 1, "id": "a"}], [{"source": "/a/b"}]]),
    *_each("anchor", [*NO_TABLE, {}, {"source": "/a/b", "id": 1}]),
    *_each("why", [*NO_TABLE, {"code": 1, "params": {}}, {"code": "a", "params": []}]),
]


def test_a_verdict_is_written_with_every_field() -> None:
    written = verdict(gap(1), gap(2), version=7, epoch=3, merged_into="child-b").to_wire()
    assert written == {
        "schema": 1,
        "child_ref": "child-a",
        "judge": "timeliness",
        "epoch": 3,
        "version": 7,
        "policy_version": "p1",
        "merged_into": "child-b",
        "gaps": [gap(1).to_wire(), gap(2).to_wire()],
    }


@pytest.mark.parametrize(
    "written",
    [
        verdict(),
        verdict(gap(1)),
        verdict(gap(1), gap(2), version=7, epoch=3, merged_into="child-b"),
        verdict(gap(1, closes_at=gap(2).opens_at)),
    ],
    ids=["empty", "one gap", "merged", "closed"],
)
def test_what_is_written_is_read_again(written: Verdict) -> None:
    assert Verdict.from_wire(written.to_wire()) == written


def test_a_field_that_is_not_known_is_ignored() -> None:
    assert Verdict.from_wire({**WIRE, "later": 1}) == Verdict.from_wire(WIRE)


@pytest.mark.parametrize("field", [name for name in WIRE if name != "schema"])
def test_a_verdict_without_one_of_its_fields_is_none(field: str) -> None:
    with pytest.raises(NotAVerdict, match=r"^not readable$"):
        Verdict.from_wire({name: value for name, value in WIRE.items() if name != field})


@pytest.mark.parametrize(("field", "wrong"), WRONG)
def test_a_verdict_with_a_wrong_field_is_none(field: str, wrong: Any) -> None:  # noqa: ANN401 - anything
    with pytest.raises(NotAVerdict, match=r"^not readable$"):
        Verdict.from_wire({**WIRE, field: wrong})


@pytest.mark.parametrize(("field", "wrong"), WRONG_OF_A_GAP)
def test_a_verdict_of_a_gap_with_a_wrong_field_is_none(field: str, wrong: Any) -> None:  # noqa: ANN401 - anything
    with pytest.raises(NotAVerdict, match=r"^not readable$"):
        Verdict.from_wire({**WIRE, "gaps": [{**FIRST, field: wrong}]})


@pytest.mark.parametrize("field", WIRE["gaps"][0])
def test_a_verdict_of_a_gap_without_one_of_its_fields_is_none(field: str) -> None:
    (first, *rest) = WIRE["gaps"]
    holed = {name: value for name, value in first.items() if name != field}
    with pytest.raises(NotAVerdict, match=r"^not readable$"):
        Verdict.from_wire({**WIRE, "gaps": [holed, *rest]})


def test_a_gap_of_another_child_is_refused() -> None:
    with pytest.raises(NotAVerdict, match=r"^a gap of another child$"):
        Verdict.from_wire(verdict(gap(1), gap(2, child_ref="child-b")).to_wire())


def test_a_gap_named_twice_is_refused() -> None:
    with pytest.raises(NotAVerdict, match=r"^a gap named twice$"):
        Verdict.from_wire(verdict(gap(1), gap(1, agency="norfolk-police")).to_wire())


def test_a_later_epoch_counts_more_than_any_version() -> None:
    assert verdict(epoch=2, version=1).position > verdict(epoch=1, version=9).position
    assert verdict(version=2).position > verdict(version=1).position
