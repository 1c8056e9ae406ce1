"""The matcher on a real vault, fed by intake itself."""

import random
from collections.abc import Sequence

import pytest

from deploy.demo.children import pupil_number
from services.intake.matcher import Matcher
from services.intake.matching import CROWD
from services.runtime.contracts import Contracts
from tests.services.conftest import Pool
from tests.services.marks import mark_of
from tests.services.matcher.vaulted import (
    NHS,
    OTHER_NHS,
    POLICE,
    SCHOOL,
    VAULT,
    Made,
    Vaulted,
    concern,
    event,
    made,
    missing,
    nhs_numbers,
    retracting,
)


async def test_a_shared_nhs_number_links_and_says_so_to_the_records_own_topic(
    vaulted: Vaulted,
) -> None:
    await vaulted.tell(missing("p1", nhs_number=NHS))
    (receipt,) = await vaulted.tell(concern("s1", nhs_number=NHS))
    assert await vaulted.together(POLICE, SCHOOL)
    record_ref, child_ref, _ = await vaulted.record(*SCHOOL)
    ((topic, key, wire),) = await vaulted.published()
    assert (topic, key, wire["type"]) == ("partner.events", record_ref, "identity.linked.v1")
    facts = {"record_ref": record_ref, "child_ref": child_ref, "link_version": 1}
    assert wire["facts"] == facts
    effect = await vaulted.pool.fetchrow("SELECT * FROM effect")
    assert effect is not None
    assert (effect["receipt"], effect["record_ref"], effect["link_version"]) == (
        receipt, record_ref, 1,
    )  # fmt: skip


async def test_a_shared_upn_and_a_shared_referral_link(vaulted: Vaulted) -> None:
    upn = pupil_number(1)
    await vaulted.tell(missing("p1", upn=upn), concern("s1", upn=upn))
    assert await vaulted.together(POLICE, SCHOOL)
    health = ("norfolk-health", "h1")
    await vaulted.tell(made("p1", "ref-1"), made("h1", "ref-1", agency="norfolk-health"))
    assert await vaulted.together(POLICE, SCHOOL, health)


async def test_every_event_is_matched_also_of_staff(vaulted: Vaulted) -> None:
    data = {
        "practitioner": {"ref": "PC1", "role": "constable"},
        "course": "child-vulnerability",
        "completed_on": "2026-01-01",
    }
    await vaulted.tell(
        event("norfolk-police", "training.completed.v1", data, 0), missing("p1"), made("p1", "r")
    )
    assert not await vaulted.pool.fetchval("SELECT count(*) FROM event WHERE matched_at IS NULL")


async def test_a_birth_date_that_conflicts_goes_to_review_and_a_correction_closes_it(
    vaulted: Vaulted,
) -> None:
    await vaulted.tell(
        missing("p1", nhs_number=NHS, date_of_birth="2010-05-01"),
        concern("s1", nhs_number=NHS, date_of_birth="2011-05-01"),
    )
    assert not await vaulted.together(POLICE, SCHOOL)
    assert await vaulted.reviews() == [("nhs", "birth-date")]
    await vaulted.tell(concern("s1", minute=5, date_of_birth="2010-05-01"))
    assert await vaulted.together(POLICE, SCHOOL)
    assert await vaulted.reviews() == []


async def test_a_corrected_number_takes_apart_what_the_wrong_one_linked(vaulted: Vaulted) -> None:
    await vaulted.tell(missing("p1", nhs_number=NHS), concern("s1", nhs_number=NHS))
    await vaulted.tell(concern("s1", minute=5, nhs_number=OTHER_NHS))
    record_ref, child_ref, link_version = await vaulted.record(*SCHOOL)
    assert (child_ref, link_version) == (record_ref, 2)
    assert (await vaulted.published())[-1][2]["type"] == "identity.unlinked.v1"


async def test_each_link_and_each_one_taken_back_is_on_record_for_both_records(
    vaulted: Vaulted,
) -> None:
    await vaulted.tell(missing("p1", nhs_number=NHS), concern("s1", nhs_number=NHS))
    refs = [(await vaulted.record(*whose))[0] for whose in (POLICE, SCHOOL)]
    await vaulted.tell(concern("s1", nhs_number=OTHER_NHS, minute=1))
    rows = await vaulted.pool.fetch(
        "SELECT * FROM audit_entry WHERE operation = 'combination' ORDER BY seq"
    )
    assert [row["action"] for row in rows] == ["record-linked", "record-unlinked"]
    assert {row["subject"] for row in rows} == {"intake-matcher"}
    both = sorted([await mark_of(vaulted.pool, ref) for ref in refs])
    assert [row["marks"] for row in rows] == [both, [await mark_of(vaulted.pool, refs[1])]]


async def test_a_retraction_takes_back_what_was_stated_and_its_own_retraction_restores_it(
    vaulted: Vaulted,
) -> None:
    wrong = concern("s1", nhs_number=NHS)
    await vaulted.tell(missing("p1", nhs_number=NHS), wrong)
    undo = retracting(wrong, "s1")
    (receipt,) = await vaulted.tell(undo)
    assert not await vaulted.together(POLICE, SCHOOL)
    assert await vaulted.pool.fetchval("SELECT count(*) FROM effect WHERE receipt = $1", receipt)
    await vaulted.tell(retracting(undo, "s1", minute=61))
    assert await vaulted.together(POLICE, SCHOOL)


async def test_a_retraction_sent_under_another_record_counts_as_well(vaulted: Vaulted) -> None:
    wrong = concern("s1", nhs_number=NHS)
    await vaulted.tell(missing("p1", nhs_number=NHS), wrong)
    await vaulted.tell(retracting(wrong, "s2"))
    assert not await vaulted.together(POLICE, SCHOOL)


async def test_a_new_conflict_takes_apart_and_leaves_other_links_in_force(
    vaulted: Vaulted,
) -> None:
    await vaulted.tell(
        missing("p1", nhs_number=NHS, sex="F"),
        concern("s1", nhs_number=NHS),
        made("p1", "ref-1"),
        made("h1", "ref-1", agency="norfolk-health"),
    )
    await vaulted.tell(concern("s1", minute=3, sex="M"))
    assert not await vaulted.together(POLICE, SCHOOL)
    assert await vaulted.together(POLICE, ("norfolk-health", "h1"))
    assert await vaulted.reviews() == [("nhs", "sex")]


async def test_a_referral_ref_used_twice_by_one_agency_links_no_more(vaulted: Vaulted) -> None:
    await vaulted.tell(made("p1", "ref-1"), made("h1", "ref-1", agency="norfolk-health"))
    assert await vaulted.together(POLICE, ("norfolk-health", "h1"))
    await vaulted.tell(made("p2", "ref-1"))
    assert not await vaulted.together(POLICE, ("norfolk-health", "h1"))


async def test_a_birth_date_learnt_from_another_agency_gives_events_their_age(
    vaulted: Vaulted,
) -> None:
    await vaulted.tell(missing("p1", nhs_number=NHS))
    (receipt,) = await vaulted.tell(concern("s1", nhs_number=NHS, date_of_birth="2010-05-01"))
    wires = [wire for _, _, wire in await vaulted.published("police.child-missing")]
    assert [(wire["revision"], wire["facts"]["child"]["age"]) for wire in wires] == [
        (0, None), (1, 15),
    ]  # fmt: skip
    assert wires[0] | {"revision": 1, "facts": wires[1]["facts"]} == wires[1]
    effects = await vaulted.pool.fetch(
        "SELECT id, revision FROM effect WHERE receipt = $1", receipt
    )
    assert (wires[1]["id"], 1) in {tuple(row) for row in effects}


async def test_a_birth_date_retracted_takes_the_age_away(vaulted: Vaulted) -> None:
    wrong = concern("s1", date_of_birth="2010-05-01")
    right = concern("s1", minute=1)
    await vaulted.tell(wrong, right)
    await vaulted.tell(retracting(wrong, "s1"))
    rows = await vaulted.pool.fetch("SELECT published_age FROM event")
    assert {row["published_age"] for row in rows} == {None}


async def test_who_leaves_a_child_takes_the_birth_date_along(vaulted: Vaulted) -> None:
    await vaulted.tell(missing("p1", nhs_number=NHS))
    await vaulted.tell(concern("s1", nhs_number=NHS, date_of_birth="2010-05-01"))
    await vaulted.tell(concern("s1", minute=9, nhs_number=OTHER_NHS))
    wires = [wire for _, _, wire in await vaulted.published("police.child-missing")]
    assert [wire["facts"]["child"]["age"] for wire in wires] == [None, 15, None]
    assert [wire["revision"] for wire in wires] == [0, 1, 2]


async def test_a_placeholder_that_a_crowd_shares_links_nobody(vaulted: Vaulted) -> None:
    before = [missing(f"p{number}", nhs_number=NHS) for number in range(CROWD)]
    await vaulted.tell(*before)
    children = "SELECT count(DISTINCT child_ref) FROM record"
    assert await vaulted.pool.fetchval(children) == 1
    await vaulted.tell(missing("one more", nhs_number=NHS))
    assert await vaulted.pool.fetchval(children) == CROWD + 1
    await vaulted.tell(missing("another", nhs_number=NHS))
    assert await vaulted.pool.fetchval(children) == CROWD + 2
    assert await vaulted.reviews() == [("nhs", "crowded")]


async def test_a_second_matcher_stands_by(vaulted: Vaulted, contracts: Contracts) -> None:
    await vaulted.take(missing("p1"))
    async with vaulted.pool.acquire() as connection:
        await connection.execute("SELECT pg_advisory_lock(hashtextextended('intake matcher', 0))")
        assert await vaulted.matcher.match() == 0
    assert await Matcher(vaulted.pool, contracts, VAULT).match() == 1


def story(dice: random.Random) -> list[Made]:
    """Seven records, three numbers, few birth dates: everything conflicts with everything."""
    numbers = nhs_numbers()
    shared = [next(numbers) for _ in range(3)]
    events: list[Made] = []
    for minute in range(28):
        child: dict[str, str] = {}
        if dice.random() < 0.7:
            child["nhs_number"] = dice.choice(shared)
        if dice.random() < 0.4:
            child["date_of_birth"] = dice.choice(["2010-05-01", "2011-05-01"])
        if dice.random() < 0.3:
            child["sex"] = dice.choice("MFU")
        who = f"r{dice.randrange(4)}"
        maker = dice.choice([missing, concern])
        if dice.random() < 0.2:
            events.append(made(who, f"ref-{dice.randrange(3)}", **child))
        elif dice.random() < 0.15 and events:
            target = dice.choice(events)
            events.append(retracting(target, target["data"]["child"]["local_id"], minute))
        else:
            events.append(maker(who, minute=minute, **child))
    return events


@pytest.mark.parametrize("seed", range(3))
async def test_the_order_of_arrival_makes_no_difference(vaulted: Vaulted, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a story, not a secret
    events = story(dice)
    outcomes = []
    for _ in range(3):
        await _forget(vaulted.pool)
        left: Sequence[Made] = events
        while left:
            size = dice.choice([1, 3, 9])
            await vaulted.tell(*left[:size])
            left = left[size:]
        outcomes.append(await _outcome(vaulted))
        dice.shuffle(events)
    assert outcomes[0] == outcomes[1] == outcomes[2]


async def _forget(pool: Pool) -> None:
    await pool.execute("TRUNCATE record, staff, event, outbox, review, effect CASCADE")


async def _outcome(vaulted: Vaulted) -> object:
    """Who is together, which reviews are open, and every event's published age."""
    rows = await vaulted.pool.fetch(
        "SELECT child_ref, array_agg(local_id_mac ORDER BY local_id_mac) AS ids FROM record"
        " GROUP BY child_ref"
    )
    ages = await vaulted.pool.fetch("SELECT source, id, published_age FROM event ORDER BY 1, 2")
    together = sorted(row["ids"] for row in rows)
    return together, await vaulted.reviews(), [tuple(row) for row in ages]
