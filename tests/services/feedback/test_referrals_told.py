"""What happens to a referral reaches its sender's and its recipient's feed, once and in order."""

import pytest

from services.feedback import handlers
from services.runtime.guard import Message, Never
from tests.domain.rules.build import amended, decided, made, received, retracted, withdrawn
from tests.domain.rules.build import told as informed
from tests.services.feedback.conftest import Told

MADE = made("2026-03-02 09:00", id="made")
RECEIVED = received("2026-03-02 10:00", id="got")
DECIDED = decided("2026-03-02 11:00", id="decided")
TOLD = informed("2026-03-02 12:00", id="told", means="letter")


async def test_the_sender_is_told_what_happens_in_order(told: Told) -> None:
    await told.happened(MADE)
    assert await told.types() == []
    await told.happened(RECEIVED, DECIDED, TOLD)
    assert await told.types() == ["referral-received", "referral-decided", "referral-told"]
    decision = (await told.entries())[1]
    assert decision["data"] == {
        "step": "decided",
        "by": "norfolk-csc",
        "at": "2026-03-02T11:00:00Z",
        "decision": "section-17",
    }
    assert decision["referral_ref"] == "R-1"


async def test_the_recipient_is_told_of_amendment_and_withdrawal(told: Told) -> None:
    await told.happened(MADE, RECEIVED)
    await told.happened(amended("2026-03-03 09:00"), withdrawn("2026-03-04 09:00"))
    types = await told.types("norfolk-csc")
    assert types == ["referral-received", "referral-amended", "referral-withdrawn"]


async def test_hearing_the_same_again_tells_nothing(told: Told) -> None:
    await told.happened(MADE, RECEIVED)
    await told.heard()
    await told.happened(MADE, RECEIVED)
    assert await told.types() == ["referral-received"]


async def test_nobody_else_is_told(told: Told) -> None:
    guess = amended("2026-03-02 09:30", id="guess", source="/norfolk-school/records")
    elsewhere = decided("2026-03-02 10:30", id="elsewhere", source="/kent-csc/cases")
    await told.happened(MADE, guess, RECEIVED, DECIDED, elsewhere)
    rows = await told.feedback.fetch("SELECT DISTINCT agency FROM entry ORDER BY agency")
    assert [row["agency"] for row in rows] == ["norfolk-csc", "norfolk-police"]


async def test_a_retracted_decision_is_told_to_be_undone_and_may_come_back(told: Told) -> None:
    await told.happened(MADE, RECEIVED, DECIDED)
    taken_back = retracted(DECIDED)
    await told.happened(taken_back)
    assert (await told.types())[2:] == ["referral-undone"]
    assert (await told.entries())[-1]["data"]["step"] == "decided"
    await told.happened(retracted(taken_back, "2026-12-02 09:00"))
    assert (await told.types())[3:] == ["referral-decided"]


async def test_records_that_are_linked_later_tell_once(told: Told) -> None:
    theirs = [each | {"record_ref": "record-sc"} for each in (RECEIVED, DECIDED)]
    await told.happened(MADE, *theirs)
    assert await told.types() == []
    await told.chronology.execute("UPDATE record SET child_ref = 'record-1'")
    await told.heard()
    assert await told.types() == ["referral-received", "referral-decided"]
    assert await told.types("norfolk-csc") == ["referral-received", "referral-decided"]
    moved = await told.feedback.fetch("SELECT DISTINCT child_ref FROM fact")
    assert [row["child_ref"] for row in moved] == ["record-1"]
    kept = await told.feedback.fetch("SELECT DISTINCT child_ref FROM entry")
    assert [row["child_ref"] for row in kept] == ["record-1"]


@pytest.mark.parametrize("last", [b'{"erased": true}', None])
async def test_erasure_takes_every_ref_out_of_the_feed_and_leaves_the_order(
    told: Told, last: bytes | None
) -> None:
    await told.happened(MADE, RECEIVED)
    await told.heard(last)
    (entry,) = await told.entries()
    assert {entry[name] for name in ("child_ref", "referral_ref", "source", "id")} == {None}
    assert await told.feedback.fetchval("SELECT count(*) FROM fact") == 0


@pytest.mark.parametrize(("key", "value"), [(b"\xff", None), (b"c", b"{}"), (b"c", b"\xff")])
async def test_a_message_that_cannot_be_read_is_set_aside(
    told: Told, key: bytes, value: bytes | None
) -> None:
    message = Message("child.chronologies", 0, 0, key, value)
    with pytest.raises(Never, match="undecodable"):
        await handlers.handle(told.feedback, told.registry, [message], told.now)
