"""Records without a shared number, on a real vault: whom names join, and whom they never join."""

import random
from collections.abc import Sequence
from typing import Any

import pytest

from services.intake import kin
from services.intake.rematch import Rematch
from tests.services.matcher.test_matcher import _forget, _outcome
from tests.services.matcher.vaulted import (
    NHS,
    OTHER_NHS,
    POLICE,
    SCHOOL,
    VAULT,
    Made,
    Vaulted,
    concern,
    missing,
    retracting,
)

WHO: dict[str, Any] = {
    "given_name": "Rowena",
    "family_name": "Saltmarsh",
    "date_of_birth": "2010-03-04",
    "sex": "F",
    "postcode": "NR1 1AA",
}


@pytest.mark.parametrize(
    "other",
    [
        {}, {"given_name": "ROWENA"}, {"given_name": "Rowena Jane"}, {"given_name": "Roewna"},
        {"family_name": "Saltmarsh-Reed"}, {"postcode": ""}, {"sex": "U"},
        {"given_name": "Saltmarsh", "family_name": "Rowena"},
    ],
)  # fmt: skip
async def test_who_is_the_same_but_for_a_usual_slip_is_linked(
    vaulted: Vaulted, other: dict[str, Any]
) -> None:
    await vaulted.tell(missing("p1", **WHO), concern("s1", **WHO | other))
    assert await vaulted.together(POLICE, SCHOOL)
    assert await vaulted.reviews() == []


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"date_of_birth": "2010-04-03"}, "birth-date"),
        ({"date_of_birth": "2010-03-15"}, "birth-date"),
        ({"date_of_birth": "2010-03-14"}, "birth-date"),
        ({"given_name": "Rowenna"}, "given-name"),
        ({"family_name": "Otterstone"}, "family-name"),
        ({"family_name": "Saltmarch", "postcode": "PE1 1AA"}, "uncertain"),
        ({"nhs_number": OTHER_NHS}, "number"),
    ],
)
async def test_who_may_be_the_same_is_for_a_person_to_decide(
    vaulted: Vaulted, other: dict[str, Any], reason: str
) -> None:
    await vaulted.tell(missing("p1", **WHO, nhs_number=NHS), concern("s1", **WHO | other))
    assert not await vaulted.together(POLICE, SCHOOL)
    assert await vaulted.reviews() == [("likeness", reason)]


@pytest.mark.parametrize(
    "other",
    [
        {"given_name": "Linnet"}, {"sex": "M"}, {"date_of_birth": "2012-07-19"},
        {"given_name": "Linnet", "sex": "M"}, {"given_name": "unborn"}, {"given_name": ""},
        {"given_name": "Baby", "family_name": "Saltmarsh"},
    ],
)  # fmt: skip
async def test_twins_siblings_and_the_unnamed_are_not_linked_nor_reviewed(
    vaulted: Vaulted, other: dict[str, Any]
) -> None:
    await vaulted.tell(missing("p1", **WHO), concern("s1", **WHO | other))
    assert not await vaulted.together(POLICE, SCHOOL)
    assert await vaulted.reviews() == []


async def test_two_unborn_children_of_one_family_are_never_one_by_name(vaulted: Vaulted) -> None:
    unborn = WHO | {"given_name": "Unborn", "family_name": "Saltmarsh"}
    await vaulted.tell(missing("p1", **unborn), concern("s1", **unborn))
    assert not await vaulted.together(POLICE, SCHOOL)
    await vaulted.tell(missing("p1", nhs_number=NHS), concern("s1", nhs_number=NHS))
    assert await vaulted.together(POLICE, SCHOOL), "a number still links them"


async def test_a_careless_record_does_not_join_twins(vaulted: Vaulted) -> None:
    """Rowena and Linnet are twins; the school has written both names of one."""
    await vaulted.tell(
        missing("p1", **WHO),
        missing("p2", **WHO | {"given_name": "Linnet"}),
        concern("s1", **WHO | {"given_name": "Rowena Linnet"}),
    )
    assert not await vaulted.together(POLICE, SCHOOL)
    assert not await vaulted.together(("norfolk-police", "p2"), SCHOOL)
    assert await vaulted.reviews() == [("likeness", "contradicted")] * 2


async def test_a_name_takes_nobody_off_whom_a_number_links(vaulted: Vaulted) -> None:
    await vaulted.tell(
        missing("p1", **WHO, nhs_number=NHS),
        concern("s1", **WHO | {"given_name": "Linnet"}, nhs_number=NHS),
    )
    assert await vaulted.together(POLICE, SCHOOL)


async def test_an_amended_name_links_and_takes_apart_again(vaulted: Vaulted) -> None:
    await vaulted.tell(missing("p1", **WHO), concern("s1", **WHO | {"given_name": "Linnet"}))
    assert not await vaulted.together(POLICE, SCHOOL)
    await vaulted.tell(concern("s1", minute=5, given_name="Rowena"))
    assert await vaulted.together(POLICE, SCHOOL)
    again = concern("s1", minute=6, given_name="Linnet")
    await vaulted.tell(again)
    assert not await vaulted.together(POLICE, SCHOOL)
    await vaulted.tell(retracting(again, "s1"))
    assert await vaulted.together(POLICE, SCHOOL)


async def test_a_review_closes_when_what_it_doubted_is_put_right(vaulted: Vaulted) -> None:
    await vaulted.tell(missing("p1", **WHO), concern("s1", **WHO | {"date_of_birth": "2010-04-03"}))
    assert await vaulted.reviews() == [("likeness", "birth-date")]
    await vaulted.tell(concern("s1", minute=5, date_of_birth="2010-03-04"))
    assert await vaulted.reviews() == []
    assert await vaulted.together(POLICE, SCHOOL)


async def test_what_a_crowd_shares_is_followed_no_further_and_counted(
    vaulted: Vaulted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kin, "CROWD", 3)
    await vaulted.tell(*(missing(f"p{number}", **WHO) for number in range(3)))
    children = "SELECT count(DISTINCT child_ref) FROM record"
    assert await vaulted.pool.fetchval(children) == 1
    await vaulted.tell(missing("p3", **WHO))
    assert await vaulted.pool.fetchval(children) == 4
    assert await vaulted.pool.fetchval("SELECT count(*) FROM crowded_block") > 0


async def test_nothing_readable_is_kept_to_find_them_by(vaulted: Vaulted) -> None:
    await vaulted.tell(missing("p1", **WHO))
    rows = await vaulted.pool.fetch("SELECT block_mac FROM block")
    assert len(rows) > 3
    assert {len(row["block_mac"]) for row in rows} == {32}


async def test_what_was_stored_before_likeness_is_matched_by_rematch(vaulted: Vaulted) -> None:
    first = missing("p1", **WHO)
    await vaulted.tell(first, missing("p1", minute=1, **WHO | {"given_name": "Linnet"}))
    await vaulted.tell(missing("p1", minute=2, **WHO), concern("s1", **WHO))
    assert await vaulted.together(POLICE, SCHOOL)
    await _as_before_likeness(vaulted)
    assert not await vaulted.together(POLICE, SCHOOL)
    await Rematch(vaulted.pool, VAULT).run()
    await vaulted.tell()
    assert await vaulted.together(POLICE, SCHOOL), "what was said again last counts"


async def _as_before_likeness(vaulted: Vaulted) -> None:
    await vaulted.pool.execute("UPDATE statement SET identity_mac = NULL")
    await vaulted.pool.execute("TRUNCATE block")
    await vaulted.pool.execute("UPDATE record SET child_ref = record_ref")


async def test_what_was_stored_before_is_matched_by_what_it_said_first(vaulted: Vaulted) -> None:
    await vaulted.tell(missing("p1", **WHO))
    await vaulted.pool.execute("UPDATE statement SET identity_mac = NULL")
    await vaulted.tell(concern("s1", **WHO))
    assert await vaulted.together(POLICE, SCHOOL)


def story(dice: random.Random) -> list[Made]:
    """Eight records of two sisters and their friend, with slips of every kind."""
    events: list[Made] = []
    for minute in range(24):
        child: dict[str, Any] = {
            "given_name": dice.choice(["Rowena", "Rowena", "Linnet", "Rowenna", "Rowena Linnet"]),
            "family_name": dice.choice(["Saltmarsh", "Saltmarsh", "Saltmarsh-Reed", "Satlmarsh"]),
            "date_of_birth": dice.choice(["2010-03-04", "2010-03-04", "2010-04-03", "2011-05-01"]),
        }
        if dice.random() < 0.5:
            child["postcode"] = "NR1 1AA"
        if dice.random() < 0.2:
            child["nhs_number"] = dice.choice([NHS, OTHER_NHS])
        if dice.random() < 0.2:
            child["sex"] = dice.choice("MF")
        if dice.random() < 0.15 and events:
            target = dice.choice(events)
            events.append(retracting(target, target["data"]["child"]["local_id"], minute))
            continue
        maker = dice.choice([missing, concern])
        events.append(maker(f"r{dice.randrange(4)}", minute=minute, **child))
    return events


@pytest.mark.parametrize("seed", range(6))
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
