"""How are the facts that measures count kept, and the counts with them?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

import msgspec
from asyncpg import Record

from services.domain.chronology import Chronology, Folded, fold
from services.domain.fields import Malformed
from services.domain.measures.facts import Fact, facts_of
from services.domain.policy import Policy
from services.domain.verdicts import Position
from services.ledger.beliefs import Epoch, Standing
from services.ledger.cases import Cases, cases_of
from services.ledger.store import Connection
from services.runtime.guard import Never

COLUMNS: Final = Fact._fields
_HELD: Final = f"""
SELECT {", ".join(COLUMNS)} FROM fact WHERE child_ref = ANY($1::text[]) AND known_to IS NULL
"""  # noqa: S608 - column names of ours
_END: Final = """
UPDATE fact SET known_to = $3
FROM unnest($1::text[], $2::uuid[]) AS ended (child_ref, unit_id)
WHERE (fact.child_ref, fact.unit_id) = (ended.child_ref, ended.unit_id) AND known_to IS NULL
"""


class Found(NamedTuple):
    """What is counted of a child, and which referrals lists and samples are made of."""

    position: Position
    facts: tuple[Fact, ...]
    cases: Cases = Cases()


@dataclass(frozen=True, slots=True)
class Counting:
    """What is counted of each child of a batch, at which position, and by which policy."""

    policy_version: str | None
    children: Mapping[str, Found]

    def of(self, moved: Mapping[str, Standing], epoch: Epoch) -> dict[str, Found]:
        """Choose what counts: at the position that a child has just moved on to.

        By a policy that is not adopted nothing is counted: a rebuild, which adopts it, counts all.
        """
        if epoch.policy_version not in (None, self.policy_version):
            return {}
        return {
            ref: self.children[ref]
            for ref, standing in moved.items()
            if ref in self.children and self.children[ref].position == standing.position
        }


NO_COUNTING: Final = Counting(None, {})


def counting(bodies: Iterable[bytes], policy: Policy) -> Counting:
    """Find what is counted of each child, by the newest of its chronologies; Never for none."""
    newest: dict[str, Chronology] = {}
    for body in bodies:
        try:
            read = Chronology.from_wire(msgspec.json.decode(body))
        except Malformed:
            raise Never("malformed") from None
        known = newest.setdefault(read.child_ref, read)
        if (read.epoch, read.version) > (known.epoch, known.version):
            newest[read.child_ref] = read
    return Counting(policy.version, {ref: found(each, policy) for ref, each in newest.items()})


def found(chronology: Chronology, policy: Policy) -> Found:
    """Find what is counted of a child, folding the chronology once for all of it."""
    folded = folded_of(chronology, policy)
    return Found(
        (chronology.epoch, chronology.version),
        facts_of(chronology, policy, folded),
        cases_of(chronology, policy, folded),
    )


def folded_of(chronology: Chronology, policy: Policy) -> Folded | None:
    """Fold for gaps and facts alike; None where it cannot be: either says so in its own way."""
    try:
        return fold(chronology, policy.registry)
    except OverflowError:
        return None


@dataclass(frozen=True, slots=True)
class Recount:
    """Facts that end, by child and unit, and facts that begin."""

    ended: list[tuple[str, str]] = field(default_factory=list)
    begun: list[Fact] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.ended or self.begun)


async def recount(connection: Connection, children: Mapping[str, Found]) -> Recount:
    """Compare what is counted of these children with what should be; what is equal stays."""
    held = {
        (fact.child_ref, fact.unit_id): fact
        for fact in map(_from_row, await connection.fetch(_HELD, list(children)))
    }
    wanted = {
        (fact.child_ref, fact.unit_id): fact for one in children.values() for fact in one.facts
    }
    return Recount(
        [name for name, fact in held.items() if wanted.get(name) != fact],
        [fact for name, fact in wanted.items() if held.get(name) != fact],
    )


async def write(connection: Connection, change: Recount, now: datetime) -> None:
    """Write facts that end and begin at a tick whose lock is held, and the counts with them."""
    if not change:
        return
    if change.ended:
        refs, names = zip(*change.ended, strict=True)
        await connection.execute(_END, list(refs), list(names), now)
    await connection.copy_records_to_table(
        "fact", records=[(*fact, now) for fact in change.begun], columns=(*COLUMNS, "known_from")
    )
    await connection.execute("SELECT roll_up($1)", now)


def _from_row(row: Record) -> Fact:
    return Fact(*row)._replace(unit_id=str(row["unit_id"]))
