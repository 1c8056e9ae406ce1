"""How are gaps found in the ledger?"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from asyncpg import Record

from services.dashboards.cursor import Cursor
from services.dashboards.question import Question, State
from services.dashboards.sight import Sight
from services.domain.events import Key, agency_of
from services.runtime import beliefs
from services.runtime.asking import Arguments, Connection

STREAMS: Final = 100
"""Who owes by which rule, and who is told: as many such streams are read one by one."""
_ORDER: Final = "opens_at, gap_id, child_ref"
_COLUMNS: Final = ", ".join((*beliefs.COLUMNS, "known_from"))

_STATES: Final[Mapping[State, str]] = {
    "upcoming": "opens_at > {as_of}",
    "closed": "closes_at <= {as_of}",
    "open": "opens_at <= {as_of} AND (closes_at IS NULL OR closes_at > {as_of})",
}
_IN_STATE: Final[Mapping[State | None, str]] = {
    None: "believed",
    "upcoming": "upcoming",
    "closed": "closed",
    "open": "believed - upcoming - closed",
}
_TALLIED: Final = frozenset(
    {"rule", "lesson", "kind", "agency", "unit", "observed", "state", "as_of", "known_at"}
)
_PLAIN: Final = ("rule", "lesson", "kind", "agency", "unit", "referral_ref", "child_ref")
_BELIEFS: Final = f"""
SELECT {_COLUMNS}, known_to FROM ledger.seen_belief
WHERE gap_id = $1 AND known_from <= $2 ORDER BY known_from, child_ref
"""  # noqa: S608 - our own words
_KINDS: Final = """
SELECT source, id, type, time FROM chronology.seen_event
WHERE (source, id) IN (SELECT * FROM unnest($1::text[], $2::text[]))
"""


@dataclass(frozen=True, slots=True)
class Moments:
    """As at when states are told, and as of when what was believed.

    `current` where nothing that is settled was believed later than `known_at`.
    """

    as_of: datetime
    known_at: datetime
    current: bool


async def watermark(connection: Connection) -> datetime:
    """Return the moment up to which belief is settled for ever."""
    last: datetime = await connection.fetchval("SELECT last FROM ledger.watermark")
    return last


async def count(connection: Connection, asked: Question, at: Moments, sight: Sight) -> int:
    """Count the gaps on all pages; by the ledger's tally where it can tell."""
    arguments = Arguments()
    if at.current and tallied(asked):
        query = _tallied("", asked, at.as_of, arguments)
        return int(await connection.fetchval(query, *arguments))
    where = _where(asked, at, sight, arguments.place)
    query = f"SELECT count(*) FROM ledger.seen_belief WHERE {where}"  # noqa: S608 - our own words
    total: int = await connection.fetchval(query, *arguments)
    return total


async def by_rule(
    connection: Connection, asked: Question, at: Moments, sight: Sight
) -> dict[str, int]:
    """Count gaps by their rules."""
    arguments = Arguments()
    if at.current and tallied(asked):
        query = _tallied("rule", asked, at.as_of, arguments)
        return {row[0]: row[1] for row in await connection.fetch(query, *arguments) if row[1]}
    where = _where(asked, at, sight, arguments.place)
    query = (
        f"SELECT rule, count(*) FROM ledger.seen_belief WHERE {where} "  # noqa: S608 - our own words
        "GROUP BY rule"
    )
    return {row[0]: row[1] for row in await connection.fetch(query, *arguments)}


def tallied(asked: Question) -> bool:
    """Say whether all that a question is narrowed by is told apart in the ledger's tally."""
    return set(asked.stated()) <= _TALLIED


def _tallied(by: str, asked: Question, as_of: datetime, arguments: Arguments) -> str:
    """Count what is believed now; who asks is left to `ledger.seen_tally`."""
    at = arguments.place(as_of)
    grouped, ending = (f"{by}, ", f" GROUP BY {by}") if by else ("", "")
    where = " AND ".join(("true", *_asked(asked, arguments.place)))
    return (
        f"SELECT {grouped}coalesce(sum({_IN_STATE[asked.state]}), 0)::bigint "  # noqa: S608 - our own words
        f"FROM ledger.seen_tally({at}) WHERE {where}{ending}"
    )


async def page(
    connection: Connection, asked: Question, at: Moments, sight: Sight, after: Cursor | None
) -> list[Record]:
    """Return the rows of one page, and one more where another page follows."""
    arguments = Arguments()
    where = _where(asked, at, sight, arguments.place)
    last = None if after is None else (after.opens_at, after.gap_id, after.child_ref)
    found = "ledger.seen_belief"
    if await _streamed(connection, asked):
        since = last or (None, None, None)
        told = (_wire(asked), at.as_of, at.known_at, *since, asked.rows + 1)
        places = ", ".join(map(arguments.place, told))
        found += (
            f" JOIN (SELECT * FROM ledger.seen_places({places}) "  # noqa: S608 - our own words
            f"ORDER BY {_ORDER} LIMIT {asked.rows + 1}) AS place USING ({_ORDER})"
        )
    elif last is not None:
        where += f" AND ({_ORDER}) > ({', '.join(map(arguments.place, last))})"
    limit = arguments.place(asked.rows + 1)
    query = (
        f"SELECT {_COLUMNS} FROM {found} WHERE {where} "  # noqa: S608 - our own words
        f"ORDER BY {_ORDER} LIMIT {limit}"
    )
    return await connection.fetch(query, *arguments)


async def _streamed(connection: Connection, asked: Question) -> bool:
    """Say whether it is read stream by stream, for these are few.

    Of more streams all gaps are read in their order: hardly any is not among them. What is asked of
    one child, referral or event has an index of its own.
    """
    if not set(asked.stated()) <= _TALLIED | {"opens_from", "opens_before"}:
        return False
    count = await connection.fetchval("SELECT count(*) FROM ledger.seen_streams($1)", _wire(asked))
    return bool(count <= STREAMS)


def _wire(asked: Question) -> str:
    """Write for the database what narrows a list."""
    stated = {
        name: value for name, value in asked.stated().items() if name not in {"as_of", "known_at"}
    }
    return msgspec.json.encode(stated).decode()


async def beliefs_of(connection: Connection, gap_id: UUID, known_at: datetime) -> list[Record]:
    """Return all that was ever believed of a gap until a moment, oldest first."""
    return await connection.fetch(_BELIEFS, gap_id, known_at)


async def kinds(connection: Connection, keys: Iterable[Key]) -> dict[Key, Record]:
    """Return type and time of events, by their keys; of what is held no more nothing."""
    stated = list(keys)
    sources, ids = [source for source, _ in stated], [event_id for _, event_id in stated]
    rows = await connection.fetch(_KINDS, sources, ids)
    return {(row["source"], row["id"]): row for row in rows}


def _where(asked: Question, at: Moments, sight: Sight, place: Callable[[object], str]) -> str:
    """Say which rows answer a question; the values go to `place`."""
    return " AND ".join(
        f"({one})"
        for one in (
            *_seen(sight, place),
            *_believed(at, place),
            *_asked(asked, place),
            *_behind(asked.event, sight, place),
            *_in_state(asked.state, at.as_of, place),
        )
    )


def _seen(sight: Sight, place: Callable[[object], str]) -> Iterator[str]:
    """The rows of `Sight.sees`, always the first condition."""
    owing = f"agency = ANY({place(sorted(sight.owing))}::text[])"
    if sight.told:
        yield f"{owing} OR visible_to && {place(sorted(sight.told))}::text[]"
    else:
        yield owing


def _believed(at: Moments, place: Callable[[object], str]) -> Iterator[str]:
    """What was believed at a moment; of now an index is read alone: 200,000 gaps in 60 ms."""
    if at.current:
        yield "known_to IS NULL"
        return
    known_at = place(at.known_at)
    yield f"known_from <= {known_at} AND (known_to IS NULL OR known_to > {known_at})"


def _asked(asked: Question, place: Callable[[object], str]) -> Iterator[str]:
    for name in _PLAIN:
        value: Any = getattr(asked, name)
        if value is not None:
            yield f"{name} = {place(value)}"
    for name, sign in (("opens_from", ">="), ("opens_before", "<")):
        opens: datetime | None = getattr(asked, name)
        if opens is not None:
            yield f"opens_at {sign} {place(opens)}"
    if asked.observed is not None:
        yield f"observed = {place(asked.observed == 'true')}"


def _behind(event: str | None, sight: Sight, place: Callable[[object], str]) -> Iterator[str]:
    """The gaps behind which an event stands, as far as the reader is shown it.

    Else who knows another agency's event could ask whether it is about a child of theirs.
    """
    if event is None:
        return
    yield f"gap_id IN (SELECT ledger.seen_behind({place(event)}))"
    source, _, event_id = event.partition("|")
    if agency_of(source) not in sight.listed:
        anchor = f"(anchor_source, anchor_id) = ({place(source)}, {place(event_id)})"
        yield f"{anchor} AND agency = ANY({place(sorted(sight.owing))}::text[])"


def _in_state(
    state: State | None, as_of: datetime, place: Callable[[object], str]
) -> Iterator[str]:
    if state is not None:
        yield _STATES[state].format(as_of=place(as_of))
