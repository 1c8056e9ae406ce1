"""Is what is published of a county safe from attack, and published once? On a real Postgres."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

import asyncpg
import pytest

from services.domain.equity_children import Asked
from services.domain.equity_pack import MEASURES, Child
from services.domain.measures.months import Month, Period
from services.domain.measures.tally import Tally
from services.domain.onward import Onward
from services.domain.releases.grid import Grid
from services.domain.releases.links import LINKS, families
from services.ledger import facts, freezing
from services.ledger.freezing import Rules, freeze
from services.ledger.releasing import Body, Made, begin, bodies, release
from services.ledger.solving import Highs
from tests.demo.lives_judged import contracts, policy
from tests.domain.releases import attack_packs
from tests.domain.releases.attack import Attack, Shown
from tests.services.ledger.county import Live, told

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
OPENING = datetime(2026, 2, 10, tzinfo=UTC)
TABLES = [("agency",), ("area",), ("ethnicity", "sex"), ("age", "sex")]
DIMENSIONS = ("day", "agency", "area", "sex", "ethnicity", "age")
_CELLS = """
SELECT measure, since::text, months, by_one, by_two, one, two, units, met FROM release_cell
WHERE since >= $1 AND since < $2
"""
_PACKS = "SELECT name, content FROM release_pack WHERE since = $1"
_TRUE = """
SELECT count(*) FILTER (WHERE state IN ('met', 'missed')) AS units,
       count(*) FILTER (WHERE state = 'met') AS met
FROM fact WHERE measure = $1 AND day >= $2 AND day < $3 AND known_to IS NULL
  AND ($4 = '' OR to_jsonb(fact) ->> $4 = $6) AND ($5 = '' OR to_jsonb(fact) ->> $5 = $7)
"""


@pytest.fixture
async def live(dsn: Callable[[str], str], ledger_pool: Pool) -> AsyncIterator[Live]:
    """The county, heard of whole."""
    async with asyncpg.create_pool(dsn("chronology"), min_size=1, max_size=4) as chronology:
        live = Live(chronology, ledger_pool, policy())
        await live.hear(told())
        await live.judge_due()
        yield live


def grid() -> Grid:
    return contracts().grid()


def _office() -> Body:
    return next(each for each in bodies(contracts().registry) if each.id == "norfolk-opcc")


async def publish(pool: Pool, now: datetime) -> list[Made]:
    async with pool.acquire() as connection, connection.transaction():
        return await release(connection, _office(), grid(), Highs(), now)


async def cells(pool: Pool, first: Month) -> list[Shown]:
    block = grid().block_of(first)
    rows = await pool.fetch(_CELLS, block.first.first, block.last.after(1).first)
    found = []
    for row in rows:
        names = tuple(name for name in (row["by_one"], row["by_two"]) if name)
        groups = (row["one"], row["two"])[: len(names)]
        place = (row["measure"], row["since"], row["months"])
        found.append(Shown(*place, names, groups, row["units"], row["met"]))
    return found


async def true(pool: Pool, cell: Shown) -> Tally:
    since = Month.read(cell.since[:7])
    by, groups = (*cell.by, "", "")[:2], (*cell.groups, "", "")[:2]
    period = (since.first, since.after(cell.months).first)
    row = await pool.fetchrow(_TRUE, cell.measure, *period, *by, *groups)
    assert row is not None
    return Tally(row["units"], row["met"])


async def test_an_attack_on_every_published_cell_tells_no_small_number(live: Live) -> None:
    (made,) = await publish(live.ledger, OPENING)
    assert made.shown > 100
    known = await cells(live.ledger, Month(2025, 10))
    for members, links in families():
        own = [cell for cell in known if cell.measure in members]
        wanted = [(cell, kind) for cell in own for kind in await _small(live.ledger, cell)]
        attack = Attack(own, TABLES, [(link.one, link.other) for link in links if link.equal])
        told_ = attack.told(wanted)
        assert [each for each in told_ if each.most - each.least < 5 - 1e-6] == []
    for cell in [each for each in known if each.met is not None][::7]:
        assert (cell.units, cell.met) == (await true(live.ledger, cell))[:2], cell
    small = "SELECT count(*) FROM release_cell WHERE {} BETWEEN 1 AND 5"
    for number in ("units", "met", "units - met", "missing", "not_judged"):
        assert await live.ledger.fetchval(small.format(number)) == 0


async def test_an_attack_on_every_frozen_cell_beside_every_released_one_tells_no_small_number(
    live: Live,
) -> None:
    (made,) = await publish(live.ledger, OPENING)
    rules = Rules(policy(), contracts().directory(), Highs())
    async with live.ledger.acquire() as connection, connection.transaction():
        blocks = await freeze(connection, _office(), grid(), rules, made)
        assert Period(Month(2025, 10), Month(2025, 12)) in blocks
        assert await freeze(connection, _office(), grid(), rules, made) == []
        for block in blocks:
            asked = Asked(begin(block.first), begin(block.last.after(1)), _office().agencies)
            children = await freezing.children(connection, asked, rules, made.known_at)
            onward = await freezing.referrals(connection, asked, rules, made.known_at)
            found = await connection.fetch(_PACKS, block.first.first)
            contents = {row["name"]: json.loads(row["content"]) for row in found}
            released = [each for each in await cells(live.ledger, block.first) if each.months > 1]
            assert await _told_of_equity(live.ledger, contents["equity"], children, released) == []
            assert _told_of_onward(contents["onward"], onward) == []


async def _told_of_equity(
    pool: Pool, content: Mapping[str, Any], children: list[Child], released: list[Shown]
) -> list[tuple[str, ...]]:
    """Name what is told of small numbers, of the pack and of what releases count of the same."""
    shown, true_of = attack_packs.of_equity(content), attack_packs.true_of_equity(children)
    beside = attack_packs.of_releases(released)
    for name in beside:
        own = [each for each in released if each.measure == MEASURES[name[1]]]
        cell = next(each for each in own if _named(each) == name[2:])
        tally = await true(pool, cell)
        true_of[name] = tally.units if name[0] == "i" else tally.units - tally.met
    everything = {**shown, **beside}
    known = [
        *attack_packs.known_of_equity(shown),
        *attack_packs.known_beside(everything, true_of),
    ]
    assert all(value in {"c", true_of[name]} for name, value in shown.items())
    return attack_packs.Told(everything, known).narrow(true_of)


def _named(cell: Shown) -> tuple[str, ...]:
    return (*cell.by, *cell.groups) or (attack_packs.TOTAL,)


def _told_of_onward(content: Mapping[str, Any], found: list[Onward]) -> list[tuple[str, ...]]:
    shown, true_of = attack_packs.of_onward(content), attack_packs.true_of_onward(content, found)
    assert all(value in {"c", true_of[name]} for name, value in shown.items())
    return attack_packs.Told(shown, attack_packs.known_of_onward(shown)).narrow(true_of)


async def _small(pool: Pool, cell: Shown) -> list[str]:
    """Name the small numbers of a cell that is not shown whole."""
    if cell.met is not None:
        return []
    tally = await true(pool, cell)
    values = {"met": tally.met, "missed": tally.units - tally.met, "units": tally.units}
    return [
        kind
        for kind, value in values.items()
        if 0 < value <= 5 and (cell.units is None or kind != "units")
    ]


async def test_a_month_is_published_once_and_stays_as_it_was_known(live: Live) -> None:
    (first,) = await publish(live.ledger, OPENING)
    assert (first.number, first.months[-1]) == (1, Month(2026, 1))
    assert await publish(live.ledger, OPENING) == []
    rows = "SELECT * FROM release_cell WHERE number = 1 ORDER BY 2, 3, 4, 5, 6, 7, 8"
    before = await live.ledger.fetch(rows)
    await live.ledger.execute(
        "UPDATE fact SET known_to = clock_timestamp() WHERE day < '2026-01-01'"
    )
    later = await publish(live.ledger, datetime(2026, 4, 2, tzinfo=UTC))
    assert [(made.number, made.months) for made in later] == [
        (2, (Month(2026, 2),)),
        (3, (Month(2026, 3),)),
    ]
    assert await live.ledger.fetch(rows) == before
    blocks = "SELECT count(*) FROM release_cell WHERE number = $1 AND months = 3"
    assert await live.ledger.fetchval(blocks, 2) == 0
    assert await live.ledger.fetchval(blocks, 3) > 0


async def test_what_is_said_to_hang_together_does_in_every_cell(live: Live) -> None:
    names = ", ".join(name for name in facts.COLUMNS if name not in {"child_ref", "unit_id"})
    rows = await live.ledger.fetch(f"SELECT {names} FROM fact WHERE known_to IS NULL")  # noqa: S608
    counts: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for row in rows:
        place = tuple(
            str(row[name]) for name in ("day", "agency", "area", "sex", "ethnicity", "age")
        )
        met, missed = counts.setdefault((row["measure"], place), [0, 0])
        counts[row["measure"], place] = [
            met + (row["state"] == "met"),
            missed + (row["state"] == "missed"),
        ]
    places = {at for _, at in counts}
    for link in LINKS:
        for place in places:
            sides = [
                sum(
                    {"met": c[0], "missed": c[1], "units": sum(c)}[kind]
                    for measure, kind in side
                    for c in [counts.get((measure, place), [0, 0])]
                )
                for side in (link.one, link.other)
            ]
            assert sides[0] == sides[1] if link.equal else sides[0] <= sides[1], (link, place)
