"""What closes `training.not_in_date`, and what is one gap of it.

contract.md 3: closed when "that practitioner completes the course".
"""

from functools import partial

import pytest

from tests.domain.rules import lessons
from tests.domain.rules.build import Wire, detained, exposed, interviewed, made, span, withdrawn
from tests.domain.rules.lessons import done_by, trained

RULE = "training.not_in_date"
spans = partial(lessons.spans, RULE)
gaps = partial(lessons.found, RULE)
by_anna = partial(done_by, "anna", unit="response")

AT = "2026-03-03 09:00"
HANDLED = by_anna(detained(AT))

# "It closes at the `time` of the first later `training.completed` that is in date then."
CLOSED: dict[str, tuple[list[Wire], str | None]] = {
    "at its time, not the day of completion": (
        [trained("2026-03-05", at="2026-03-10 15:00")],
        "2026-03-10 15:00",
    ),
    "completed that day and heard of later: none": (
        [trained("2026-03-03", at="2026-03-04 09:00"), trained("2026-03-10")],
        None,
    ),
    "by the first": ([trained("2026-04-10"), trained("2026-03-10")], "2026-03-10 12:00"),
    "by one on the day that it expires": (
        [trained("2026-03-05", "2026-03-10", at="2026-03-10 23:59:59")],
        "2026-03-10 23:59:59",
    ),
    "not by one that had expired": (
        [trained("2026-03-05", "2026-03-09", at="2026-03-10 00:00")],
        "",
    ),
    "not by one that is expired by three years": (
        [trained("2023-03-02", at="2026-03-10 12:00")],
        "",
    ),
    "not by one yet to be completed": ([trained("2026-03-11", at="2026-03-10 12:00")], ""),
    "by the first that is in date": (
        [trained("2023-03-02", at="2026-03-10 12:00"), trained("2026-03-20")],
        "2026-03-20 12:00",
    ),
    "not by another's": ([trained("2026-03-10", who="ben")], ""),
    "not by another course": ([trained("2026-03-10", course="other")], ""),
}


@pytest.mark.parametrize(("training", "closes"), CLOSED.values(), ids=CLOSED)
def test_it_closes(training: list[Wire], closes: str | None) -> None:
    expected = [] if closes is None else [span(AT, closes or None)]
    assert spans(HANDLED, training=training) == expected


# "one gap per practitioner and own ref"
ONCE: dict[str, tuple[tuple[Wire, ...], int]] = {
    "two events of one custody": ((HANDLED, by_anna(detained("2026-03-03 11:00"))), 1),
    "two practitioners of one custody": (
        (HANDLED, done_by("ben", detained("2026-03-03 11:00"), "custody")),
        2,
    ),
    "a custody and an interview in it": (
        (HANDLED, by_anna(interviewed("2026-03-03 11:00", custody_ref="C-1"))),
        2,
    ),
    "two interviews in one custody": (
        (
            by_anna(interviewed(AT, custody_ref="C-1")),
            by_anna(interviewed(AT, custody_ref="C-1", interview_ref="V-2")),
        ),
        2,
    ),
    "two custodies of one incident": (
        (
            by_anna(detained(AT, incident_ref="I-1")),
            by_anna(detained(AT, incident_ref="I-1", custody_ref="C-2")),
        ),
        2,
    ),
    "two exposures of one incident": (
        (by_anna(exposed(AT, grade="green")), by_anna(exposed("2026-03-04 09:00", grade="red"))),
        1,
    ),
    "a referral made twice under its ref": (
        (by_anna(made(AT)), by_anna(made("2026-03-04 09:00"))),
        1,
    ),
}


@pytest.mark.parametrize(("events", "count"), ONCE.values(), ids=ONCE)
def test_one_per_practitioner_and_own_ref(events: tuple[Wire, ...], count: int) -> None:
    names = [gap.gap_id for gap in gaps(*events)]
    assert len(names) == len(set(names)) == count


def test_each_practitioner_closes_their_own() -> None:
    both = HANDLED, done_by("ben", detained("2026-03-03 11:00"), "custody")
    closed = [trained("2026-03-10", who="ben")]
    assert spans(*both, training=closed) == [
        span(AT),
        span("2026-03-03 11:00", "2026-03-10 12:00"),
    ]


def test_the_gap_keeps_its_name_when_another_practitioners_training_is_heard_of() -> None:
    both = HANDLED, done_by("ben", detained("2026-03-03 11:00"), "custody")
    named = {gap.opens_at: gap.gap_id for gap in gaps(*both)}
    (left,) = gaps(*both, training=[trained("2025-01-01")])
    assert left.gap_id == named[left.opens_at]


# "`referral.withdrawn` closes that referral's own gaps ...; no gap of the events behind it, and no
# training gap."
@pytest.mark.parametrize("at", [AT, "2026-03-03 12:00"])
def test_a_withdrawal_closes_none(at: str) -> None:
    assert spans(by_anna(made(AT, id="m")), withdrawn(at, id="w")) == [span(AT)]
