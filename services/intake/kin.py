"""Who is alike enough to be of one child? Found by blocks, weighed by what the vault holds.

A block is something that two records of one child very probably have in common; only its MAC is
kept. What too many share is followed no further: it is a placeholder, or tells nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
import msgspec

from services.domain.registry import Registry
from services.intake.likely import Judge, Pair
from services.intake.people import Person, blocks, named
from services.intake.retracted import Connection, retracted_among
from services.intake.vault import Unreadable, Vault, identity_place

CROWD: Final = 100
"""More records than this in one block are not compared."""

_SAID: Final = """
SELECT s.record_ref, s.nhs_mac, s.upn_mac, s.sex, e.source, e.id,
       coalesce(s.identity_mac, first.identity_mac) AS identity_mac
FROM statement AS s JOIN event AS e USING (receipt)
LEFT JOIN identity AS first
    ON s.identity_mac IS NULL AND (first.record_ref, first.receipt) = (s.record_ref, s.receipt)
WHERE s.record_ref = ANY($1) ORDER BY e.time, e.source, e.id
"""
_HELD: Final = """
SELECT i.record_ref, i.identity_mac, i.sealed, r.wrapped_key, r.master_key_id
FROM identity AS i JOIN record AS r USING (record_ref) WHERE i.record_ref = ANY($1)
"""
_HOLDERS: Final = """
SELECT value, holder.record_ref FROM unnest($1::bytea[]) AS value CROSS JOIN LATERAL (
    SELECT record_ref FROM block WHERE block_mac = value LIMIT $2) AS holder
"""


@dataclass(slots=True)
class Kin:
    """Those who were looked at for one batch, and which of them are alike."""

    vault: Vault
    judge: Judge
    registry: Registry
    people: dict[str, Person | None] = field(default_factory=dict)
    blocks: dict[str, frozenset[bytes]] = field(default_factory=dict)
    """By record that was followed; before any other, what the database holds of it may be old."""
    pairs: set[Pair] = field(default_factory=set)
    crowded: set[bytes] = field(default_factory=set)
    _holders: defaultdict[bytes, set[str]] = field(default_factory=lambda: defaultdict(set))

    async def follow(self, connection: Connection, new: Collection[str]) -> set[str]:
        """Note who is like these records; return them."""
        await self._meet(connection, new)
        for ref in new:
            self.blocks[ref] = self._blocks(ref)
            for block in self.blocks[ref]:
                self._holders[block].add(ref)
        sharing = await self._sharing(connection, set().union(*(self.blocks[ref] for ref in new)))
        near = {
            (min(ref, other), max(ref, other))
            for ref in new
            for block in self.blocks[ref] - self.crowded
            for other in sharing[block] - {ref}
        }
        await self._meet(connection, {ref for pair in near for ref in pair})
        alike = {pair for pair in near if self._alike(*pair)}
        self.pairs |= alike
        return {ref for pair in alike for ref in pair}

    def _alike(self, one: str, other: str) -> bool:
        return self.judge.band(self.people[one], self.people[other]) != "apart"

    def _blocks(self, ref: str) -> frozenset[bytes]:
        person = self.people[ref]
        if person is None:
            return frozenset()
        return frozenset(self.vault.mac("block", *block) for block in blocks(person))

    async def _sharing(
        self, connection: Connection, wanted: Collection[bytes]
    ) -> Mapping[bytes, set[str]]:
        """Return by block who is in it; note the crowded ones."""
        found: dict[bytes, set[str]] = {block: set(self._holders[block]) for block in wanted}
        most = CROWD + 1 + len(self.blocks)
        for row in await connection.fetch(_HOLDERS, list(wanted), most) if wanted else ():
            if row["record_ref"] not in self.blocks:
                found[row["value"]].add(row["record_ref"])
        self.crowded |= {block for block, refs in found.items() if len(refs) > CROWD}
        return found

    async def _meet(self, connection: Connection, refs: Iterable[str]) -> None:
        """Learn who these records say that their child is."""
        strangers = set(refs) - self.people.keys()
        if strangers:
            self.people |= await people_of(
                connection, self.vault, self.judge, self.registry, strangers
            )


async def people_of(
    connection: Connection, vault: Vault, judge: Judge, registry: Registry, refs: Collection[str]
) -> dict[str, Person | None]:
    """Return who each record last stated its child to be, retracted events left out."""
    retracted = await retracted_among(connection, refs, registry)
    held = {
        (row["record_ref"], row["identity_mac"]): row
        for row in await connection.fetch(_HELD, list(refs))
    }
    last: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    said: defaultdict[str, dict[bytes, None]] = defaultdict(dict)
    for row in await connection.fetch(_SAID, list(refs)):
        if (row["source"], row["id"]) in retracted:
            continue
        stated = {"nhs": row["nhs_mac"], "upn": row["upn_mac"], "sex": row["sex"]}
        last[row["record_ref"]] |= {name: v for name, v in stated.items() if v is not None}
        if (mac := row["identity_mac"]) is not None:
            said[row["record_ref"]].pop(mac, None)  # said again: then it is the last
            said[row["record_ref"]][mac] = None
    people: dict[str, Person | None] = {}
    for ref in refs:
        whole = _opened(vault, [held[ref, mac] for mac in said[ref] if (ref, mac) in held])
        people[ref] = named(whole, judge.words, **last[ref])
    return people


def _opened(vault: Vault, rows: Iterable[asyncpg.Record]) -> dict[str, Any]:
    """Merge what was said, in order; nothing of it where the key is gone."""
    whole: dict[str, Any] = {}
    for row in rows:
        ref = row["record_ref"]
        try:
            key = vault.key_of(ref, row["wrapped_key"], row["master_key_id"])
            stated = msgspec.json.decode(key.open(row["sealed"], identity_place(ref)))
        except Unreadable:
            return {}
        whole |= {name: said for name, said in stated.items() if said}
    return whole
