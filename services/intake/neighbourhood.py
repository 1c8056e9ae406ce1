"""Records that hang together by anything that they ever stated: what is known of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.domain.events import Key, Order
from services.intake.decisions import Decided
from services.intake.kin import Kin
from services.intake.records import Record, Value


@dataclass(frozen=True, slots=True)
class Statement:
    """What one event says of identity."""

    order: Order
    receipt: str
    record_ref: str
    nhs: bytes | None
    upn: bytes | None
    birth: bytes | None
    sex: str | None

    @property
    def key(self) -> Key:
        """The event's key."""
        return self.order[1:]


@dataclass(slots=True)
class Neighbourhood:
    """Records that hang together by anything they ever stated, and what they stated."""

    agencies: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """By record_ref: agency and when the record was made."""
    held: dict[str, tuple[str, int]] = field(default_factory=dict)
    """By record_ref: present child_ref and link_version."""
    statements: list[Statement] = field(default_factory=list)
    referrals: list[tuple[str, Value, Key]] = field(default_factory=list)
    holders: dict[Value, set[str]] = field(default_factory=dict)
    """Every value that was followed, and who ever stated it."""
    crowded: set[Value] = field(default_factory=set)
    """Values that too many share to mean one child."""
    kin: Kin | None = None
    decided: dict[str, Decided] = field(default_factory=dict)
    """By id, what people have decided of these records."""
    doubted: set[Value] = field(default_factory=set)
    """Likenesses of these records that are under review."""

    def links(self) -> Iterable[tuple[str, str]]:
        """Yield pairs that hang together, for whatever reason."""
        for refs in self.holders.values():
            first, *others = refs
            yield from ((first, other) for other in others)
        first_of: dict[str, str] = {}
        for record_ref, (child_ref, _) in self.held.items():
            yield first_of.setdefault(child_ref, record_ref), record_ref
        yield from self.kin.pairs if self.kin else ()
        for one in self.decided.values():
            first, *others = [ref for ref in one.stated if ref in self.agencies]
            yield from ((first, other) for other in others)

    def records(self) -> list[Record]:
        """Return each record with what it last stated, by (time, source, id)."""
        values: defaultdict[str, set[Value]] = defaultdict(set)
        for record_ref, value, _ in self.referrals:
            values[record_ref].add(value)
        last: defaultdict[str, dict[str, bytes | str]] = defaultdict(dict)
        for one in sorted(self.statements, key=lambda s: s.order):
            said = {"nhs": one.nhs, "upn": one.upn, "birth": one.birth, "sex": one.sex}
            last[one.record_ref] |= {name: v for name, v in said.items() if v is not None}
        people = self.kin.people if self.kin else {}
        return [
            replace(_record(record_ref, agency, created_at, self.held[record_ref][0],
                            last[record_ref], values[record_ref]), person=people.get(record_ref))
            for record_ref, (agency, created_at) in self.agencies.items()
        ]  # fmt: skip

    def drop(self, keys: Collection[Key]) -> None:
        """Leave out what was said in events that are retracted."""
        self.statements = [one for one in self.statements if one.key not in keys]
        self.referrals = [one for one in self.referrals if one[2] not in keys]


def _record(  # noqa: PLR0913 - the parts of one record
    record_ref: str, agency: str, created_at: datetime, child_ref: str,
    last: Mapping[str, bytes | str], referrals: Iterable[Value],
) -> Record:  # fmt: skip
    values = set(referrals)
    nhs, upn, birth, sex = (last.get(name) for name in ("nhs", "upn", "birth", "sex"))
    if isinstance(nhs, bytes):
        values.add(("nhs", nhs))
    if isinstance(upn, bytes):
        values.add(("upn", upn))
    return Record(
        record_ref,
        agency,
        created_at,
        child_ref,
        frozenset(values),
        birth if isinstance(birth, bytes) else None,
        sex if isinstance(sex, str) else None,
    )
