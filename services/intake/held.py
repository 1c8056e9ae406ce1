"""What is held already of who a record's child is, opened for the length of one transaction?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import msgspec

from services.intake import identity_in_refs, store
from services.intake.store import Connection, Owner
from services.intake.vault import Vault, identity_place
from services.runtime.contracts import Fault

FIELDS: Final = (
    "local_id",
    "nhs_number",
    "upn",
    "given_name",
    "family_name",
    "date_of_birth",
    "postcode",
)
"""What of `child` says who it is."""


@dataclass(slots=True)
class Held:
    """The distinct statements of a record's identity, in the order of the events that made them."""

    statements: list[Mapping[str, Any]] = field(default_factory=list)
    macs: set[bytes] = field(default_factory=set)

    def birth_date(self, stated: Mapping[str, Any] | None) -> date | None:
        """The birth date that an event states, else the last one held."""
        said = [*self.statements, stated or {}]
        born = next((s["date_of_birth"] for s in reversed(said) if s.get("date_of_birth")), None)
        return date.fromisoformat(born) if born else None

    def given_away(self, event: Mapping[str, Any], agency: str) -> tuple[Fault, ...]:
        """The faults of an event whose refs hold what is held of the child."""
        refs = identity_in_refs.refs_of(event)
        return tuple(identity_in_refs.faults(self.statements, refs, agency))


def identity_of(child: Mapping[str, Any]) -> dict[str, Any]:
    """Return those fields of `child` that say who it is."""
    return {name: child[name] for name in FIELDS if name in child}


def statement(
    vault: Vault, record: Owner, child: Mapping[str, Any] | None, held: Held
) -> tuple[bytes, bytes | None] | None:
    """Return the MAC of a statement of identity and, where it is not held yet, its sealed form."""
    if not child:
        return None
    said = identity_of(child)
    content = msgspec.json.encode(said, order="deterministic")
    mac = vault.mac("identity", record.ref, content)
    if mac in held.macs:
        return mac, None
    held.macs.add(mac)
    held.statements.append(said)
    return mac, record.key.seal(content, identity_place(record.ref))


async def open_held(connection: Connection, owners: Iterable[Owner]) -> dict[str, Held]:
    """Open what is held of these records; a record of which nothing is held has an empty entry."""
    keys = {owner.ref: owner.key for owner in owners}
    held: dict[str, Held] = defaultdict(Held)
    for ref, mac, sealed in await store.held_identities(connection, keys) if keys else ():
        held[ref].macs.add(mac)
        held[ref].statements.append(
            msgspec.json.decode(keys[ref].open(sealed, identity_place(ref)))
        )
    return held
