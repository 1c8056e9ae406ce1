"""Does a judge answer every child once, whole, and in its epoch?"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec
import pytest

from services.domain.chronology import Chronology
from services.domain.gaps import Gap
from services.domain.judging import CannotJudge, judge
from services.domain.policy import Policy
from services.domain.verdicts import Verdict
from services.runtime.contracts import Contracts
from services.runtime.guard import Message, Never, NotNow
from services.runtime.judging_worker import Bench, handle
from services.runtime.kafka import Outgoing, Publisher, Refused
from services.runtime.settings import REPOSITORY
from tests.gaps import gap

DETAINED = {
    "schema": 1, "source": "/norfolk-police/custody", "id": "c-1",
    "type": "police.child-detained.v1", "time": "2026-03-02T09:00:00Z",
    "received_at": "2026-03-02T09:05:00Z", "agency": "norfolk-police", "record_ref": "record-1",
    "feature_version": 1, "revision": 0,
    "facts": {
        "child": {"age": 15}, "custody_ref": "C1",
        "practitioner": {"staff_ref": "s", "role": "officer"},
    },
}  # fmt: skip

timeliness = partial(judge, "timeliness")


@pytest.fixture(scope="session")
def policy() -> Policy:
    return Contracts.load(REPOSITORY / "schemas").policy()


class Outbox(Publisher):
    """A publisher that keeps what it is given; what lies in `refuses` it answers once."""

    def __init__(self) -> None:
        super().__init__("test", "nowhere:1")
        self.sent: list[Outgoing] = []
        self.refuses: Refused | None = None
        self.away = False

    async def publish(self, messages: Sequence[Outgoing]) -> list[Refused | None]:
        if self.away:
            raise NotNow
        self.sent += messages
        return [self.refuses for _ in messages]

    def verdicts(self) -> list[Verdict]:
        return [Verdict.from_wire(msgspec.json.decode(value or b"")) for _, _, value in self.sent]


def chronology(version: int = 1, **changes: Any) -> Message:  # noqa: ANN401 - any field
    wire = {
        "schema": 1, "child_ref": "child-a", "epoch": 1, "version": version, "merged_into": None,
        "erased": False, "events": [DETAINED], "training": [],
    } | changes  # fmt: skip
    return Message("child.chronologies", 0, version, b"child-a", msgspec.json.encode(wire))


def always(chronology: Chronology, _: Policy) -> list[Gap]:
    return [gap(1, child_ref=chronology.child_ref)]


async def test_a_child_goes_in_and_its_gaps_come_out(policy: Policy) -> None:
    outbox = Outbox()
    await handle(Bench("timeliness", timeliness, policy, 7), outbox, [chronology(3)])
    ((topic, key, _),) = outbox.sent
    (verdict,) = outbox.verdicts()
    assert (topic, key) == ("timeliness.gaps", b"child-a")
    assert (verdict.epoch, verdict.version, verdict.judge) == (7, 3, "timeliness")
    assert verdict.policy_version == policy.version
    assert [one.rule for one in verdict.gaps] == ["timeliness.referral_not_made"]


@pytest.mark.parametrize("changes", [{"merged_into": "child-b"}, {"erased": True}])
async def test_a_child_that_was_emptied_has_no_gaps(
    policy: Policy, changes: dict[str, object]
) -> None:
    outbox = Outbox()
    await handle(Bench("timeliness", timeliness, policy, 1), outbox, [chronology(4, **changes)])
    (verdict,) = outbox.verdicts()
    assert verdict.gaps == ()
    assert verdict.version == 4
    assert verdict.merged_into == changes.get("merged_into")


async def test_of_a_batch_only_the_newest_version_of_a_child_is_judged(policy: Policy) -> None:
    outbox = Outbox()
    batch = [chronology(2), chronology(5), chronology(4), chronology(1, child_ref="child-b")]
    await handle(Bench("timeliness", always, policy, 1), outbox, batch)
    judged = {(one.child_ref, one.version) for one in outbox.verdicts()}
    assert judged == {("child-a", 5), ("child-b", 1)}
    assert len(outbox.sent) == 2


async def test_a_tombstone_is_handed_on_after_whatever_else_is_said_of_the_child(
    policy: Policy,
) -> None:
    outbox = Outbox()
    tombstone = Message("child.chronologies", 0, 1, b"child-a", None)
    await handle(Bench("timeliness", always, policy, 1), outbox, [chronology(2), tombstone])
    assert outbox.sent[1:] == [("timeliness.gaps", b"child-a", None)]


@pytest.mark.parametrize("value", [b"", b"[]", b"{", b'{"schema":1}', b"\xff"])
async def test_what_is_no_chronology_will_never_be_one(policy: Policy, value: bytes) -> None:
    message = Message("child.chronologies", 0, 1, b"child-a", value)
    with pytest.raises(Never) as refused:
        await handle(Bench("timeliness", always, policy, 1), Outbox(), [message])
    assert refused.value.reason == "undecodable"


async def test_a_chronology_of_a_schema_to_come_will_never_be_read_by_this_judge(
    policy: Policy,
) -> None:
    with pytest.raises(Never) as refused:
        await handle(Bench("timeliness", always, policy, 1), Outbox(), [chronology(schema=2)])
    assert refused.value.reason == "unknown-schema"


async def test_a_child_that_cannot_be_judged_is_set_aside_by_its_reason(policy: Policy) -> None:
    def past_the_calendar(_: Chronology, __: Policy) -> list[Gap]:
        raise CannotJudge("calendar-ends")

    outbox = Outbox()
    with pytest.raises(Never) as refused:
        await handle(Bench("timeliness", past_the_calendar, policy, 1), outbox, [chronology()])
    assert refused.value.reason == "calendar-ends"
    assert outbox.sent == []


async def test_a_verdict_that_the_broker_refuses_is_not_taken_for_published(policy: Policy) -> None:
    outbox = Outbox()
    outbox.refuses = Refused("too-large")
    with pytest.raises(Never) as refused:
        await handle(Bench("timeliness", always, policy, 1), outbox, [chronology()])
    assert refused.value.reason == "verdict-too-large"


async def test_a_broker_that_is_away_is_not_now(policy: Policy) -> None:
    outbox = Outbox()
    outbox.away = True
    with pytest.raises(NotNow):
        await handle(Bench("timeliness", always, policy, 1), outbox, [chronology()])
