"""What is held about one child, in every schema? Gathered as it stands at one moment, and opened.

What is gathered in the vault is what erasure destroys (`destroying`); every other service gives its
rows by a function of its own (`held_of`, `set_aside_of`, `looks_of`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from services.intake import destroying, store
from services.intake.store import Connection
from services.intake.subject_words import Words
from services.intake.vault import (
    SealingKey,
    Vault,
    decision_place,
    draft_place,
    event_place,
    glass_place,
    identity_place,
    original_place,
)

Row = dict[str, Any]
Rows = Mapping[str, Sequence[Row]]
ANOTHER: Final = "of another child"
_RESTRICTED: Final = "SELECT EXISTS (SELECT FROM restricted_child WHERE child_ref = $1)"
_EVENTS: Final = """
SELECT receipt, source, id FROM event WHERE record_ref = ANY($1) ORDER BY time, source, id
"""
# What destroying would not destroy, or not by this condition: what others still need stays.
_ASIDE: Final[Mapping[str, str]] = {
    "draft": destroying.DRAFT_OF,
    "identity": "record_ref = ANY($1)",
    "identity_decision": "decision_id IN (SELECT decision_id FROM decided_record"
    " WHERE record_ref = ANY($1))",
    "decided_record": "record_ref = ANY($1)",
}
_ERASURES: Final[Sequence[tuple[str, str]]] = (
    ("erasure", "child_digest = sha256(convert_to($1, 'UTF8'))"),
    ("erasure_reach", """erasure_id IN (
        SELECT erasure_id FROM erasure WHERE child_digest = sha256(convert_to($1, 'UTF8')))"""),
)  # fmt: skip
_GIVEN: Final = """
SELECT quote_ident(nspname) || '.' || proname AS gives, proname
FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
WHERE proname IN ('held_of', 'set_aside_of') ORDER BY nspname, proname
"""
_LOOKS: Final = "SELECT '*.audit_entry', to_jsonb(l) FROM audit.looks_of($1) AS l"


@dataclass(frozen=True, slots=True)
class Held:
    """All that is held: rows by table, sealed parts opened; `unknown` are tables without words."""

    child_ref: str
    restricted: bool
    rows: Rows
    unknown: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many rows there are in all."""
        return sum(map(len, self.rows.values()))


async def gather(connection: Connection, vault: Vault, words: Words, child_ref: str) -> Held | None:
    """Gather everything in one transaction; None where no record is of such a child."""
    records = [ref for ref, _ in await destroying.records_of(connection, child_ref)]
    if not records:
        return None
    found = [
        *await _own(connection, records, child_ref),
        *await _others(connection, records, child_ref),
    ]
    owners = await store.records_by_ref(connection, vault, records)
    keys = {ref: owner.key for ref, owner in owners.items()} | _draft_keys(vault, found)
    opening = _Opening(keys, found)
    rows: dict[str, list[Row]] = defaultdict(list)
    unknown: set[str] = set()
    for table, row in found:
        known = words.table(table)
        if known is None or known.nothing is not None:
            unknown.add(table)
        left_out = known.left_out if known else {}
        opened = opening.row(table, row).items()
        rows[table].append({name: part for name, part in opened if name not in left_out})
    restricted = bool(await connection.fetchval(_RESTRICTED, child_ref))
    return Held(child_ref, restricted, rows, tuple(sorted(unknown)))


async def _own(connection: Connection, records: list[str], child_ref: str) -> list[tuple[str, Row]]:
    """The vault's own rows, table by table."""
    receipts = [row["receipt"] for row in await connection.fetch(_EVENTS, records)]
    by_record = {**dict(destroying.BY_RECORD), **_ASIDE}
    asked: list[tuple[str, str, Any]] = [
        *(
            (table, condition, receipts)
            for table, condition in destroying.BY_RECEIPT
            if table not in _ASIDE
        ),
        *((table, condition, records) for table, condition in by_record.items()),
        *((table, condition, child_ref) for table, condition in _ERASURES),
    ]
    found: dict[tuple[str, str], tuple[str, Row]] = {}
    for table, condition, wanted in asked:
        query = f"SELECT to_jsonb(t)::text AS said FROM {table} AS t WHERE {condition}"  # noqa: S608 - our words
        for row in await connection.fetch(query, wanted):
            found[table, row["said"]] = f"intake.{table}", msgspec.json.decode(row["said"])
    return [
        (table, _without_others(row, set(records)) if table == "intake.review" else row)
        for table, row in found.values()
    ]


def _without_others(review: Row, own: set[str]) -> Row:
    """A review names records of perhaps another child: no more is told than that."""
    return review | {"records": [ref if ref in own else ANOTHER for ref in review["records"]]}


async def _others(
    connection: Connection, records: list[str], child_ref: str
) -> list[tuple[str, Row]]:
    """What every other schema gives, and all that is on record of looks."""
    events = await connection.fetch(_EVENTS, records)
    refs, keys = sorted({child_ref, *records}), [f"{row['source']}|{row['id']}" for row in events]
    found = await connection.fetch(_LOOKS, records)
    for row in await connection.fetch(_GIVEN):
        given = [refs, keys] if row["proname"] == "held_of" else [refs]
        places = ", ".join(f"${number}" for number in range(1, len(given) + 1))
        found += await connection.fetch(f"SELECT * FROM {row['gives']}({places})", *given)  # noqa: S608 - of the catalogue
    return [(table, msgspec.json.decode(said)) for table, said in found]


def _draft_keys(vault: Vault, found: Iterable[tuple[str, Row]]) -> dict[str, SealingKey]:
    """Drafts are sealed under keys of their own."""
    return {
        row["draft_id"]: vault.key_of(
            row["draft_id"], bytes.fromhex(row["wrapped_key"][2:]), row["master_key_id"]
        )
        for table, row in found
        if table == "intake.draft"
    }


class _Opening:
    """Opens what is sealed, and decodes what is kept as bytes."""

    def __init__(self, keys: Mapping[str, SealingKey], found: Iterable[tuple[str, Row]]) -> None:
        self._keys = keys
        events = [row for table, row in found if table == "intake.event"]
        self._record = {row["receipt"]: row["record_ref"] for row in events}

    def row(self, table: str, row: Row) -> Row:
        """The row with its sealed part opened and its bytes decoded."""
        if table in _SEALED:
            column, owner_of, place = _SEALED[table]
            owner = row[owner_of] if owner_of in row else self._record.get(row["receipt"], "")
            return row | {column: self._open(owner, row[column], place(row))}
        coded = {name: _decoded(row[name]) for name in _BYTES & row.keys() if row[name]}
        return row | coded

    def _open(self, owner: str, sealed: str, place: str) -> object:
        """What was sealed; of what another record's key opens, no more than that."""
        key = self._keys.get(owner)
        if not sealed or sealed == _NO_BYTES or key is None:
            return None
        return _plain(key.open(bytes.fromhex(sealed[2:]), place))


_NO_BYTES: Final = "\\x"
_BYTES: Final = frozenset({"body", "key", "value"})
_SEALED: Final[Mapping[str, tuple[str, str, Any]]] = {
    "intake.event": (
        "sealed", "record_ref",
        lambda row: event_place(row["receipt"], row["source"], row["id"]),
    ),
    "intake.identity": ("sealed", "record_ref", lambda row: identity_place(row["record_ref"])),
    "intake.original": ("sealed", "owner", lambda row: original_place(row["receipt"])),
    "intake.draft": ("sealed", "draft_id", lambda row: draft_place(row["draft_id"], row["agency"])),
    "intake.glass": ("sealed", "record_ref", lambda row: glass_place(row["glass_id"])),
    "intake.identity_decision": (
        "reason", "sealed_under", lambda row: decision_place(row["decision_id"]),
    ),
}  # fmt: skip


def _decoded(part: str) -> object:
    return _plain(bytes.fromhex(part[2:]))


def _plain(content: bytes) -> object:
    """JSON where it is, else text, else how many bytes there are."""
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError:
        pass
    try:
        return content.decode()
    except UnicodeDecodeError:
        return f"{len(content)} bytes that are no text"
