"""Who did what with a child's data, and why? Written in the transaction that does it, or not done.

One row for one act. It names children by marks that die with them (docs/decisions/
audit-and-erasure.md), what was asked by codes alone, and is chained by the service `audit`.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, TypeAlias, get_args

import asyncpg
import msgspec

from services.domain.moments import stamp
from services.runtime import correlation, metrics, postgres
from services.runtime.auth import Caller
from services.runtime.guard import NotNow

Connection: TypeAlias = (
    "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
)
"""A connection in the transaction of the act itself."""
Operation = Literal[
    "collection", "alteration", "consultation", "disclosure", "combination", "erasure"
]
"""The six of DPA 2018 s.62; docs/audit.md says which act is which."""
Purpose = Literal[
    "safeguarding",
    "referral-follow-up",
    "supervision",
    "quality-assurance",
    "data-quality",
    "complaint",
    "subject-access",
]
"""Why a person asks who a child is or what was said: stated with the question."""

PURPOSES: Final[tuple[str, ...]] = get_args(Purpose)
REFUSED: Final = "not-audited"
GIVEN: Final = "given"
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,63}", re.ASCII)

# The transaction's number is taken before any seq is: the sealer relies on it (services/audit).
_WRITE: Final = """
WITH begun AS MATERIALIZED (SELECT pg_current_xact_id()),
marked AS MATERIALIZED (
    SELECT place, array_agg(DISTINCT mark ORDER BY mark) AS marks
    FROM intake.audit_marks($11::int[], $12::text[], $13::boolean[], $14::text[]) GROUP BY place)
INSERT INTO audit_entry (subject, agency, role, correlation, operation, action, purpose, asked,
                         row_count, recipient, marks)
SELECT $1, $2, $3, $4, a.operation, a.action, a.purpose, a.asked::jsonb, a.row_count, a.recipient,
       coalesce(marked.marks, '{}')
FROM unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::int[], $10::text[])
    WITH ORDINALITY AS a (operation, action, purpose, asked, row_count, recipient, place)
CROSS JOIN begun LEFT JOIN marked USING (place) ORDER BY a.place
"""


@dataclass(frozen=True, slots=True)
class Act:
    """One act on children's data. Codes are lower case with hyphens.

    Args:
        operation: one of the six.
        action: what exactly, such as `gaps-read`.
        purpose: why; one of `PURPOSES` where a person has stated it.
        row_count: how many rows came back, or were written; 0 for what was not found.
        children: `child_ref`s: all records that make up such a child are on record.
        records: `record_ref`s, each of which is on record alone.
        about: the one thing asked for (a receipt, a referral's ref, a gap's id), kept as a mark
            of each child or record.
        asked: what was asked by, as `coded` leaves it: codes and moments, never a ref.
        recipient: to whom it was disclosed; required of a disclosure.

    """

    operation: Operation
    action: str
    purpose: str
    row_count: int
    children: Collection[str] = ()
    records: Collection[str] = ()
    about: str | None = None
    asked: Mapping[str, str] = field(default_factory=dict)
    recipient: str | None = None

    def __post_init__(self) -> None:
        if not all(_CODE.fullmatch(part) for pair in self.asked.items() for part in pair):
            raise ValueError("what was asked is not in codes")


def service(name: str) -> Caller:
    """Return who acts where a service of ours does so by itself."""
    return Caller(name, "referral-watch", "service")


def coded(asked: Mapping[str, object], known: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Leave of what was asked numbers, moments and known codes; of all else that it was `given`.

    `known` are the codes by name. What is none of them is a ref, or may be somebody's name, typed
    into the wrong field.
    """
    return {
        name: _coded(value, known.get(name, ()))
        for name, value in asked.items()
        if value is not None
    }


async def write(connection: Connection, who: Caller, *acts: Act) -> None:
    """Put acts on record, within the transaction that does them and before anything is shown.

    Raises NotNow where that cannot be done: then the act is not done either.
    """
    if not acts:
        return
    if not connection.is_in_transaction():
        raise ValueError("an act and its audit row share a transaction")
    try:
        await connection.execute(
            _WRITE, who.subject, who.agency, who.role, correlation.current(),
            *_columns(acts), *_marked(acts),
        )  # fmt: skip
    except asyncpg.PostgresError as error:
        if postgres.is_not_now(error):
            raise
        metrics.NOT_AUDITED.inc()
        raise NotNow(REFUSED) from None


def _coded(value: object, known: Collection[str]) -> str:
    if isinstance(value, datetime):
        return stamp(value)
    return str(value) if isinstance(value, int) or value in known else GIVEN


def _columns(acts: Collection[Act]) -> list[list[object]]:
    """One column for each field that every act has."""
    rows = [
        (a.operation, a.action, a.purpose, msgspec.json.encode(a.asked).decode(), a.row_count,
         a.recipient)
        for a in acts
    ]  # fmt: skip
    return [list(column) for column in zip(*rows, strict=True)]


def _marked(acts: Collection[Act]) -> list[list[object]]:
    """Columns of what is marked: the act's place, a ref, if a whole child is meant, a thing."""
    rows = [
        (place, ref, whole, act.about)
        for place, act in enumerate(acts, 1)
        for refs, whole in ((act.children, True), (act.records, False))
        for ref in set(refs)
    ]
    return [[row[column] for row in rows] for column in range(4)]
