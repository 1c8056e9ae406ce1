"""What is published of a whole block of months beside the measures, once and for all?

The equity pack, and what became of referrals to services, each as it was known when its release
was: what is counted once leaves nothing to subtract (docs/decisions/releases-on-a-grid.md).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from asyncpg import Record

from services.domain.equity_children import STAGE_TYPES, Asked, Told, children_of
from services.domain.equity_groups import GROUPS
from services.domain.equity_pack import MEASURES, STAGE_BEFORE, Beside, Child
from services.domain.events import RETRACTED, Event, Key
from services.domain.measures.months import Month, Period
from services.domain.onward import Onward, onward_of
from services.domain.onward_measures import measured
from services.domain.policy import Policy
from services.domain.provision import Limits
from services.domain.releases.grid import Grid
from services.domain.releases.hiding import Solver
from services.domain.releases.packs import beside_releases
from services.ledger.history import Connection
from services.ledger.releasing import Body, Made, begin

_EVENTS: Final = "SELECT * FROM chronology.equity_events($1::text[], $2, $3)"
_FINDINGS: Final = """
SELECT DISTINCT child_ref, rule, observed
FROM gap JOIN chronology.event_kind AS anchor
    ON (anchor.source, anchor.id) = (anchor_source, anchor_id)
WHERE rule = ANY($1::text[]) AND agency = ANY($2::text[]) AND opens_at <= $5
  AND known_from <= $5 AND (known_to IS NULL OR known_to > $5)
  AND anchor.time >= $3 AND anchor.time < $4
"""
_ONWARD: Final = """
WITH concerned AS (
    SELECT DISTINCT child_ref FROM chronology.onward_event
    WHERE type = 'service.referral-made.v1' AND time >= $1 AND time < $2
      AND split_part(source, '/', 2) = ANY($3::text[]))
SELECT child_ref, source, id, type, time AS at, facts, NULL AS target_source, NULL AS target_id
FROM concerned JOIN chronology.onward_event USING (child_ref)
UNION ALL
SELECT '', source, id, 'event.retracted.v1', time, '{}', target_source, target_id
FROM chronology.onward_retraction
"""
_BESIDE: Final = """
SELECT measure, by_one, one, units, units - met AS missed FROM release_cell
WHERE body = $1 AND measure = ANY($2::text[]) AND since = $3 AND months = $4
  AND by_one = ANY($5::text[]) AND by_two = ''
"""
_LEFT_OUT: Final = """
SELECT measure FROM release_withheld
WHERE body = $1 AND measure = ANY($2::text[]) AND since = $3 AND months = $4
  AND by_one = ANY($5::text[]) AND by_two = ''
"""
_LATER: Final = "SELECT source, id FROM chronology.event_arrival WHERE stored_at > $1"
_RELEASED: Final = "SELECT month FROM release_month WHERE body = $1 ORDER BY month"
_FROZEN: Final = "SELECT since FROM release_pack WHERE body = $1"
_FREEZE: Final = "INSERT INTO release_pack VALUES ($1, $2, $3, $4, $5, $6)"


@dataclass(frozen=True, slots=True)
class Rules:
    """By what is counted: who is a child, the numbers for referrals to services; what solves."""

    policy: Policy
    limits: Limits
    solver: Solver


async def freeze(
    connection: Connection, body: Body, grid: Grid, rules: Rules, made: Made
) -> list[Period]:
    """Publish with a release every block whose months are all published; name the blocks.

    Also a block that was over before there was this: known as of this release. The caller's
    transaction makes it whole.
    """
    blocks = await _due(connection, body, grid, made)
    for block in blocks:
        asked = Asked(begin(block.first), begin(block.last.after(1)), body.agencies)
        beside = await _published(connection, body, block)
        counted = await children(connection, asked, rules, made.known_at)
        onward = await referrals(connection, asked, rules, made.known_at)
        within, fewest = rules.limits.referred_again_within, rules.limits.fewest_for_a_median
        contents: dict[str, dict[str, Any]] = {
            "equity": {
                "policy": rules.policy.version,
                "pack": beside_releases(counted, beside, rules.solver, grid.spread),
            },
            "onward": {"within": within, "fewest": fewest, "rows": measured(onward, {}, fewest)},
        }
        for name, content in contents.items():
            text = msgspec.json.encode(content).decode()
            row = (body.id, name, block.first.first, len(block), made.number, text)
            await connection.execute(_FREEZE, *row)
    return blocks


async def _due(connection: Connection, body: Body, grid: Grid, made: Made) -> list[Period]:
    rows = await connection.fetch(_RELEASED, body.id)
    months = [month for row in rows if (month := Month.of(row["month"])) <= made.months[-1]]
    frozen = {row["since"] for row in await connection.fetch(_FROZEN, body.id)}
    return [
        block
        for block in dict.fromkeys(map(grid.block_of, months))
        if set(block) <= set(months) and block.first.first not in frozen
    ]


async def _published(connection: Connection, body: Body, block: Period) -> dict[str, Beside | None]:
    """Return by rule what the releases show of its measure in a block; None: it is withheld."""
    measures = list(MEASURES.values())
    wide = ["", *GROUPS]
    asked = (body.id, measures, block.first.first, len(block), wide)
    rows = await connection.fetch(_BESIDE, *asked)
    found = {measure: Beside({}, {}) for measure in measures}
    for row in rows:
        place = (row["by_one"], row["one"])
        found[row["measure"]].incidents[place] = row["units"]
        found[row["measure"]].missed[place] = row["missed"]
    left_out = {row["measure"] for row in await connection.fetch(_LEFT_OUT, *asked)}
    return {
        rule: None if measure in left_out else found[measure]
        for rule, measure in MEASURES.items()
        if measure in left_out or found[measure].incidents
    }


async def children(
    connection: Connection, asked: Asked, rules: Rules, known_at: datetime
) -> list[Child]:
    """Return the children that an equity pack counts, as they were known at a moment."""
    later = await _later(connection, known_at)
    period = (asked.since, asked.before)
    rows = [Told(*row) for row in await connection.fetch(_EVENTS, list(STAGE_TYPES), *period)]
    told = [(row.child_ref, row.event) for row in rows if (row.source, row.id) not in later]
    named = (list(STAGE_BEFORE), list(asked.agencies))
    findings = await connection.fetch(_FINDINGS, *named, *period, known_at)
    return children_of(told, [tuple(row) for row in findings], asked, rules.policy)


async def referrals(
    connection: Connection, asked: Asked, rules: Rules, known_at: datetime
) -> list[Onward]:
    """Return the referrals to services that were made, as they were known at a moment."""
    later = await _later(connection, known_at)
    rows = await connection.fetch(_ONWARD, asked.since, asked.before, list(asked.agencies))
    told = [
        (row["child_ref"], _event(row)) for row in rows if (row["source"], row["id"]) not in later
    ]
    return [
        one
        for one in onward_of(told, rules.policy, rules.limits.referred_again_within)
        if asked.since <= one.made_at < asked.before and one.agency in asked.agencies
    ]


async def _later(connection: Connection, known_at: datetime) -> set[Key]:
    """Name the events that came in after a moment."""
    return {(row["source"], row["id"]) for row in await connection.fetch(_LATER, known_at)}


def _event(row: Record) -> Event:
    facts = msgspec.json.decode(row["facts"])
    if row["type"] == RETRACTED:
        facts = {"retracts": {"source": row["target_source"], "id": row["target_id"]}}
    at = row["at"].astimezone(UTC)
    return Event.of_counts(row["source"], row["id"], row["type"], at, facts)
