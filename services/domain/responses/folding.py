"""How does a response stand after what has been entered? One function for each kind of entry."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from services.domain.responses.record import Entry, Record, Version, day_of

Apply = Callable[[Record, Entry], None]


def fold(entries: Iterable[Entry]) -> Record:
    """Work out how a response stands after these entries."""
    record = Record()
    for entry in entries:
        APPLIED[entry.kind](record, entry)
        record.seq = entry.seq
    return record


def as_of(entries: Iterable[Entry], seq: int) -> Record:
    """Work out how it stood after the entry `seq`."""
    return fold(entry for entry in entries if entry.seq <= seq)


def _entered(record: Record, entry: Entry) -> None:
    stated = dict(entry.content["inspection"])
    stated["items"] = [
        {**one, "id": f"item-{place}"} for place, one in enumerate(stated["items"], 1)
    ]
    record.inspection, record.body = stated, entry.content["body"]


def _amended(record: Record, entry: Entry) -> None:
    _wrote(record, entry)
    stated = dict(entry.content)
    added = stated.pop("items", [])
    record.inspection |= stated
    place = len(record.items)
    record.items.extend({**one, "id": f"item-{place + n}"} for n, one in enumerate(added, 1))


def _brought_in(record: Record, entry: Entry) -> None:
    """Published elsewhere, before it was entered here: nobody here has signed or sent it."""
    record.brought_in, record.state = True, "published"
    record.versions.append(Version(1, entry.seq, entry.by, entry.at))
    record.done = dict(entry.content.get("done", {}))


def _invited(record: Record, entry: Entry) -> None:
    record.invited = {**entry.content, "by": entry.by}


def _chief_officer(record: Record, entry: Entry) -> None:
    record.chief_officer = {**entry.content, "by": entry.by}


def _consulted(record: Record, entry: Entry) -> None:
    record.consultees.append({**entry.content, "by": entry.by})


def _consultee_answered(record: Record, entry: Entry) -> None:
    for one in record.consultees:
        if one["name"] == entry.content["name"]:
            one["answered_on"], one["note"] = entry.content["on"], entry.content["note"]


def _figure(record: Record, entry: Entry) -> None:
    _wrote(record, entry)
    record.figures[f"figure-{entry.seq}"] = entry.content


def _figure_removed(record: Record, entry: Entry) -> None:
    _wrote(record, entry)
    record.figures.pop(entry.content["figure"], None)


def _comment(record: Record, entry: Entry) -> None:
    _wrote(record, entry)
    record.comments[entry.content["on"]] = {
        "text": entry.content["text"], "by": entry.by, "at": entry.at,
    }  # fmt: skip


def _action(record: Record, entry: Entry) -> None:
    if record.state == "open":
        _wrote(record, entry)
    ref = entry.content.get("action") or f"action-{entry.seq}"
    stated = {name: value for name, value in entry.content.items() if name != "action"}
    record.actions[ref] = {"progress": [], **record.actions.get(ref, {}), **stated}


def _action_dropped(record: Record, entry: Entry) -> None:
    _wrote(record, entry)
    record.actions.pop(entry.content["action"], None)


def _progress(record: Record, entry: Entry) -> None:
    told = {**entry.content, "by": entry.by, "at": entry.at}
    own = record.actions[entry.content["action"]]
    own["progress"] = [*own["progress"], told]


def _mapped(record: Record, entry: Entry) -> None:
    record.measures[entry.content["item"]] = tuple(entry.content["measures"])


def _submitted(record: Record, entry: Entry) -> None:
    number = len(record.versions) + 1
    record.versions.append(Version(number, entry.seq, entry.by, entry.at))
    record.state, record.returned = "submitted", None
    _wrote(record, entry)


def _returned(record: Record, entry: Entry) -> None:
    record.state = "open"
    record.returned = {**entry.content, "by": entry.by}


def _signed(record: Record, entry: Entry) -> None:
    record.state = "signed-off"
    record.versions[-1] = replace(record.versions[-1], signed_by=entry.by, signed_at=entry.at)


def _done(record: Record, entry: Entry) -> None:
    step = entry.content["id"]
    record.done[step] = {**entry.content, "by": entry.by}
    if any(one.id == step and one.publishes for one in record.steps):
        record.state = "published"
        record.versions[-1] = replace(
            record.versions[-1],
            published_on=day_of(entry.content["on"]),
            published_seq=entry.seq,
        )


def _correcting(record: Record, entry: Entry) -> None:
    record.state, record.corrects = "open", entry.content["reason"]
    record.done, record.authors = {}, {entry.by}


def _wrote(record: Record, entry: Entry) -> None:
    record.authors.add(entry.by)


APPLIED: Final[Mapping[str, Apply]] = {
    "enter": _entered,
    "amend": _amended,
    "bring-in": _brought_in,
    "invite-chief-officer": _invited,
    "chief-officer-comments": _chief_officer,
    "consult": _consulted,
    "consultee-answer": _consultee_answered,
    "insert-figure": _figure,
    "remove-figure": _figure_removed,
    "comment": _comment,
    "set-action": _action,
    "drop-action": _action_dropped,
    "progress": _progress,
    "map-measures": _mapped,
    "submit": _submitted,
    "return": _returned,
    "sign-off": _signed,
    "done": _done,
    "correct": _correcting,
}
"""By kind of entry: what it changes."""
