"""Which referrals of each child are samples drawn of, and lists and figures made of?

As they stand now, a row each, so that nobody has to read a county's histories. What changes is
written in the transaction that moves the child on.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from math import inf
from typing import Final, NamedTuple

import msgspec
from asyncpg import Record

from services.domain.chronology import Chronology, Folded, fold
from services.domain.dip_strata import Made, referrals_made
from services.domain.moments import stamp
from services.domain.onward import Onward, onward_of
from services.domain.policy import Policy
from services.ledger import history
from services.ledger.store import Connection

Row = tuple[object, ...]

TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "dip_referral": Made._fields,
    "onward": (
        "child_ref", "source", "event", "service_ref", "item", "agency", "provider", "kind",
        "sector", "area", "made_at", "state", "accepted_at", "declined_at", "reason", "started_at",
        "ended_at", "outcome", "helped", "days_to_accept", "days_to_start", "days_to_again", "odd",
    ),
}  # fmt: skip
"""By table its columns, of which the first three name a row."""
_ERASED: Final = {"onward": "erased_at IS NULL"}
"""Which rows are a child's, where there are others: figures keep those of erased children."""


class Cases(NamedTuple):
    """The rows of one child, by table."""

    dip_referral: tuple[Row, ...] = ()
    onward: tuple[Row, ...] = ()


def cases_of(chronology: Chronology, policy: Policy, folded: Folded | None = None) -> Cases:
    """Find a child's referrals; of one who was merged or erased there is none.

    `folded`: the chronology, where that was done already.
    """
    if chronology.merged_into is not None or chronology.erased or not chronology.events:
        return Cases()
    try:
        folded = folded or fold(chronology, policy.registry)
        made = tuple(map(_dip_row, referrals_made(folded, policy)))
    except OverflowError:  # of whom no rule can be judged either
        return Cases()
    told = ((chronology.child_ref, event) for event in chronology.events)
    return Cases(made, tuple(map(_onward_row, onward_of(told, policy, inf))))


def _dip_row(made: Made) -> Row:
    two = len({one.reader for one in made.read}) > 1 and any(one.blind for one in made.read)
    return made._replace(read=msgspec.json.encode(made.read).decode() if two else None)  # type: ignore[arg-type]


def _onward_row(one: Onward) -> Row:
    own: dict[str, object] = {
        "child_ref": one.child,
        "source": one.made_by[0],
        "event": one.made_by[1],
        "service_ref": one.ref,
        "item": _item(one),
        "odd": list(one.odd),
    }
    return tuple(own[name] if name in own else getattr(one, name) for name in TABLES["onward"])


def _item(one: Onward) -> str:
    """Name a referral by what it is, so that nobody learns a ref from it."""
    stated = "|".join((one.child, one.ref, stamp(one.made_at)))
    return sha256(stated.encode()).hexdigest()[:32]


async def replace(connection: Connection, children: Mapping[str, Cases]) -> None:
    """Make these the referrals of these children, whose locks are held; what is equal stays."""
    if not children:
        return
    for place, (table, columns) in enumerate(TABLES.items()):
        wanted = {row[:3]: row for cases in children.values() for row in cases[place]}
        held = {row[:3]: row for row in await _held(connection, table, list(children))}
        gone = [name for name, row in held.items() if wanted.get(name) != row]
        new = [row for name, row in wanted.items() if held.get(name) != row]
        if gone:
            await connection.execute(
                f"DELETE FROM {table} USING unnest($1::text[], $2::text[], $3::text[]) "  # noqa: S608 - a table of ours
                "AS gone (child_ref, source, event) WHERE "
                f"({table}.child_ref, {table}.source, {table}.event) "
                "= (gone.child_ref, gone.source, gone.event)",
                *map(list, zip(*gone, strict=True)),
            )
        await connection.copy_records_to_table(table, records=new, columns=columns)


async def _held(connection: Connection, table: str, refs: Sequence[str]) -> Iterator[Row]:
    own = _ERASED.get(table, "true")
    rows: list[Record] = await connection.fetch(
        f"SELECT {', '.join(TABLES[table])} FROM {table} "  # noqa: S608 - names of ours
        f"WHERE child_ref = ANY($1::text[]) AND {own}",
        refs,
    )
    return map(tuple, rows)


async def swap(connection: history.Connection) -> None:
    """Make what a rebuild found count, of the children in the temporary table `counted`."""
    for table, columns in TABLES.items():
        own = _ERASED.get(table, "true")
        names = ", ".join(columns)
        new, old = (", ".join(f"{of}.{name}" for name in columns) for of in ("new", "held"))
        same = (
            "(new.child_ref, new.source, new.event) = (held.child_ref, held.source, held.event) "
            f"AND ROW({new}) IS NOT DISTINCT FROM ROW({old})"
        )
        await connection.execute(
            f"DELETE FROM {table} AS held USING counted "  # noqa: S608 - names of ours
            f"WHERE held.child_ref = counted.child_ref AND {own} "
            f"AND NOT EXISTS (SELECT FROM rebuild_{table} AS new WHERE {same})"
        )
        await connection.execute(
            f"INSERT INTO {table} ({names}) SELECT {new} "  # noqa: S608 - names of ours
            f"FROM rebuild_{table} AS new JOIN counted USING (child_ref) "
            f"WHERE NOT EXISTS (SELECT FROM {table} AS held WHERE {same} AND {own})"
        )
