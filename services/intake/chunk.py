"""What becomes of a chunk of candidates? Decided and kept inside the caller's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import msgspec

from services.domain.events import AMENDED, MADE, RETRACTED, WITHDRAWN, Key
from services.intake import destroying, entitlement, knowledge, own_hand, store
from services.intake.candidates import Answer, Candidate, refused
from services.intake.features import age_at, published, sealed_form, topic_of
from services.intake.held import Held, open_held, statement
from services.intake.open_referrals import Made, notices
from services.intake.store import Connection, Entry, Known, Owner
from services.intake.vault import Vault, event_place, original_place
from services.runtime import audit, clock, tracing
from services.runtime.audit import Act
from services.runtime.auth import Caller
from services.runtime.contracts import Contracts, Fault

Placed = Mapping[int, Candidate]
"""Candidates by their place in the request."""

ALTERING: Final = frozenset({AMENDED, WITHDRAWN, RETRACTED})
"""Events that change what was said before."""

UNKNOWN_CHILD = Fault(
    "/data/child/child_ref", "unknown-child", "No child that you may see is known by this."
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """One sender's candidates, at most one for each (source, id), and where they are kept."""

    connection: Connection
    contracts: Contracts
    vault: Vault
    caller: Caller
    now: datetime

    async def decide(self, wave: Placed) -> dict[int, Answer]:
        """Answer every candidate; what is accepted has been written when this returns."""
        known = await store.known_events(self.connection, (c.key for c in wave.values()))
        fresh = {place: c for place, c in wave.items() if c.key not in known}
        answers = again(wave, known) | await self._refuse_erased(fresh)
        fresh = {place: c for place, c in fresh.items() if place not in answers}
        if not fresh:
            return answers
        records = await self._records_known(fresh)
        refusals, records = await self._refuse(fresh, records)
        left = {place: c for place, c in fresh.items() if place not in refusals}
        held = await open_held(self.connection, {r.ref: r for r in records.values()}.values())
        for place, candidate in left.items():
            record = records.get(place)
            if record and (
                faults := held[record.ref].given_away(candidate.event, candidate.agency)
            ):
                refusals[place] = refused(422, "invalid-event", candidate.event, faults)
        left = {place: c for place, c in left.items() if place not in refusals}
        return answers | refusals | (await self._keep(left, records, held) if left else {})

    async def _refuse_erased(self, fresh: Placed) -> dict[int, Answer]:
        """Refuse what was erased: a system that does not know of it may send it again."""
        keys = [c.key for c in fresh.values()]
        gone = await destroying.refused(self.connection, self.vault, keys)
        return {p: refused(409, "erased", c.event) for p, c in fresh.items() if c.key in gone}

    async def _records_known(self, fresh: Placed) -> dict[int, Owner]:
        """The records of those whose local id is known, by place."""
        macs = {c.local_id_mac for c in fresh.values() if c.local_id_mac}
        if not macs:
            return {}
        found = await store.records(self.connection, self.vault, self.caller.agency, macs)
        return {
            place: found[c.local_id_mac]
            for place, c in fresh.items()
            if c.local_id_mac and c.local_id_mac in found
        }

    async def _refuse(
        self, fresh: Placed, records: dict[int, Owner]
    ) -> tuple[dict[int, Answer], dict[int, Owner]]:
        """Refuse what what is known forbids; find the records that a `child_ref` stands for."""
        candidates = list(fresh.values())
        known = await knowledge.gather(self.connection, candidates)
        own = entitlement.OwnChunk.of(candidates)
        registry = self.contracts.registry
        refusals: dict[int, Answer] = {}
        resolved: dict[int, str] = {}
        for place, candidate in fresh.items():
            if not entitlement.entitled(
                candidate, records.get(place), known, own, self.caller, registry
            ):
                refusals[place] = refused(403, "not-entitled", candidate.event)
            elif said := await own_hand.refusal(self.connection, candidate, self.caller):
                refusals[place] = refused(403, said, candidate.event)
            elif candidate.child_ref is not None:
                ref = entitlement.resolve(candidate, self.caller, known, registry)
                if ref is None:
                    errors = (UNKNOWN_CHILD,)
                    refusals[place] = refused(422, "invalid-event", candidate.event, errors)
                else:
                    resolved[place] = ref
        return refusals, records | await self._records_by_ref(resolved)

    async def _records_by_ref(self, resolved: Mapping[int, str]) -> dict[int, Owner]:
        if not resolved:
            return {}
        refs = set(resolved.values())
        found = await store.records_by_ref(self.connection, self.vault, refs)
        return {place: found[ref] for place, ref in resolved.items()}

    async def _keep(
        self, left: Placed, records: dict[int, Owner], held: dict[str, Held]
    ) -> dict[int, Answer]:
        records = records | await self._new_records(left, records)
        macs = {c.staff_mac for c in left.values() if c.staff_mac}
        staff = await store.staff(self.connection, self.vault, self.caller.agency, macs)
        entries = {
            place: self._entry(c, records.get(place), staff.get(c.staff_mac or b""), held)
            for place, c in left.items()
        }
        written = sorted(entries.values(), key=_by_key)
        kept = await store.keep(self.connection, written)
        acts = [_act(entry) for entry in written if entry.receipt in kept]
        await audit.write(self.connection, self.caller, *acts)
        answers = {
            place: Answer("accepted", 202, "", e.candidate.source, e.candidate.id, e.receipt)
            for place, e in entries.items()
            if e.receipt in kept
        }
        answers |= await self._warned(answers, entries, records)
        lost = {place: c for place, c in left.items() if place not in answers}
        if not lost:
            return answers
        known = await store.known_events(self.connection, (c.key for c in lost.values()))
        return answers | again(lost, known)

    async def _warned(
        self, answers: Mapping[int, Answer], entries: Mapping[int, Entry], records: dict[int, Owner]
    ) -> dict[int, Answer]:
        """The answers to referrals of a child who has an open one already."""
        made = {
            place: Made(
                entries[place].candidate, records[place].child_ref or "", answer.receipt or ""
            )
            for place, answer in answers.items()
            if entries[place].candidate.type == MADE
        }
        found = await notices(self.connection, self.caller.agency, made)
        return {place: replace(answers[place], warnings=told) for place, told in found.items()}

    async def _new_records(self, left: Placed, records: Mapping[int, Owner]) -> dict[int, Owner]:
        """Allot records to local ids that are new."""
        wanted = {
            place: c.local_id_mac
            for place, c in left.items()
            if c.local_id_mac and place not in records
        }
        made = await store.allot_records(
            self.connection, self.vault, self.caller.agency, set(wanted.values()), self.now
        )
        return {place: made[mac] for place, mac in wanted.items()}

    def _entry(
        self, candidate: Candidate, record: Owner | None, staff: Owner | None, held: dict[str, Held]
    ) -> Entry:
        owner = record or staff
        assert owner is not None  # noqa: S101 - the schemas require a child or a practitioner
        receipt = clock.new_ref()
        place = event_place(receipt, candidate.source, candidate.id)
        born = held[record.ref].birth_date(candidate.child) if record else None
        age = age_at(born, candidate.time) if born else None
        staff_ref, record_ref = staff.ref if staff else None, record.ref if record else None
        event = published(self.contracts, candidate, self.now, record_ref, staff_ref, age)
        return Entry(
            candidate=candidate,
            receipt=receipt,
            record_ref=record_ref,
            staff_ref=staff_ref,
            sealed=owner.key.seal(sealed_form(candidate.event), place),
            age=age,
            published=event,
            topic=topic_of(self.contracts, candidate),
            value=msgspec.json.encode(event.to_wire()),
            original=_original(candidate, owner, receipt),
            traceparent=tracing.mark(
                "taken in", candidate.event.get(tracing.HEADER), self.now, {"type": candidate.type}
            ),
            identity=(
                statement(self.vault, record, candidate.child, held[record.ref]) if record else None
            ),
        )


def waves(candidates: Placed) -> list[Placed]:
    """Split candidates so that each wave has one of each (source, id): first, second and so on."""
    split: list[dict[int, Candidate]] = []
    seen: dict[Key, int] = {}
    for place, candidate in candidates.items():
        turn = seen.get(candidate.key, 0)
        seen[candidate.key] = turn + 1
        if turn == len(split):
            split.append({})
        split[turn][place] = candidate
    return list(split)


def again(wave: Placed, known: Mapping[Key, Known]) -> dict[int, Answer]:
    """Answer those kept already: the same again, or another under the same name."""
    answers = {}
    for place, candidate in wave.items():
        if (before := known.get(candidate.key)) is None:
            continue
        if before.body_mac == candidate.body_mac:
            source, event_id = candidate.key
            answers[place] = Answer("duplicate", 200, "", source, event_id, before.receipt)
        else:
            answers[place] = refused(409, "conflict", candidate.event)
    return answers


def _act(entry: Entry) -> Act:
    """Put on record that an event was taken in."""
    stated = entry.candidate.type
    return Act(
        "alteration" if stated in ALTERING else "collection",
        "event-accepted",
        "safeguarding",
        1,
        records=[entry.record_ref] if entry.record_ref else (),
        about=entry.receipt,
        asked={"type": stated},
    )


def _original(candidate: Candidate, owner: Owner, receipt: str) -> tuple[str, bytes] | None:
    """What the event was made from, sealed under the same key."""
    original = candidate.original
    if original is None:
        return None
    return original.media, owner.key.seal(original.content, original_place(receipt))


def _by_key(entry: Entry) -> Key:
    return entry.candidate.key
