"""In which order does a person read what is held about a child? Who, what happened, what came."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.domain.explain import sentence
from services.domain.gaps import Gap
from services.domain.moments import moment
from services.domain.registry import Registry
from services.intake.subject_rows import Held, Row
from services.intake.subject_text import Line, Run, Speaker, code_lines, plain, staff_line, when
from services.intake.subject_words import Words

RETRACTED: Final = "event.retracted.v1"
_FOLLOWED: Final = (
    "intake.draft",
    "intake.event", "intake.identity", "intake.record", "intake.review", "intake.original",
    "intake.identity_decision", "intake.glass", "intake.legal_hold", "intake.erasure",
    "ledger.gap", "alerts.alert", "alerts.notice", "feedback.entry", "*.audit_entry",
)  # fmt: skip
"""The tables that a part of the document is about; of others it says how many rows there are."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing within a part."""

    title: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Part:
    """What stands under one heading; `intro` says in a sentence what it is."""

    title: str
    intro: str
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Writer:
    """Makes the parts of the document from what is held."""

    held: Held
    words: Words
    speaker: Speaker
    registry: Registry
    titles: Mapping[str, str]
    """What an event of each type is, in the words of its schema."""

    def parts(self) -> list[Part]:
        """Every part, in the order in which it is read."""
        return [
            Part("Who the child is", "As each agency that has a record has said it.", self._who()),
            Part("What happened", "In order, as agencies sent it.", self._events()),
            Part("What somebody has begun to write and not sent",
                 "A draft is deleted when it is sent, and after some days in any case.",
                 self._drafts()),
            Part("What was found not to be done",
                 "Rules compare what happened with what is owed to a child. This is about the work "
                 "of agencies, never about the child.", self._gaps()),
            Part("What agencies were warned of",
                 "An alert tells an agency of what it owes until somebody has answered.",
                 self._alerts()),
            Part("What agencies were told", "By the feed of their own system.", self._feed()),
            Part("Who looked, and why",
                 "Every look and every change is on record with its purpose.", self._looks()),
            Part("Decisions about the records themselves",
                 "Which records are one child, what may not be erased, who opened them.",
                 self._decisions()),
            Part("What else is held to keep order",
                 "These rows hold references, numbers and moments. They are in the file of data.",
                 self._rest()),
        ]  # fmt: skip

    def _rows(self, table: str, by: str = "") -> Sequence[Row]:
        rows = self.held.rows.get(table, ())
        return sorted(rows, key=lambda row: str(row[by])) if by else rows

    def _agency(self, code: str | None) -> str:
        return self.registry.name_of(code or "") or code or ""

    def _who(self) -> list[Item]:
        said: dict[str, list[Row]] = {}
        for row in self._rows("intake.identity"):
            said.setdefault(row["record_ref"], []).append(row)
        return [
            Item(
                f"Record of {self._agency(record['agency'])}, since {when(record['created_at'])}",
                [line for row in said.get(record["record_ref"], ())
                 for line in self.speaker.lines({"child": row["sealed"] or {}})],
            )
            for record in self._rows("intake.record", "created_at")
        ]  # fmt: skip

    def _events(self) -> list[Item]:
        originals = {row["receipt"]: row for row in self._rows("intake.original")}
        return [
            Item(self.titles.get(row["type"], row["type"]), [*self._event(row, originals)])
            for row in sorted(
                self._rows("intake.event"), key=lambda r: (moment(r["time"]), r["source"], r["id"])
            )
        ]

    def _event(self, row: Row, originals: Mapping[str, Row]) -> Iterator[Line]:
        said: Mapping[str, Any] = row["sealed"] or {}
        yield Line("When", [Run(when(row["time"]))])
        yield Line("Sent by", [Run(self._agency(row["agency"]))])
        yield Line("Received", [Run(when(row["received_at"]))])
        yield Line("Number in the sender's system", [Run(row["id"], "ref")], "ref")
        data = said.get("data", {})
        yield from self.speaker.lines({n: part for n, part in data.items() if n != "child"})
        child = data.get("child", {})
        yield from self.speaker.lines(
            {"child": {n: child[n] for n in ("sex", "ethnicity", "area") if n in child}}
        )
        if row["receipt"] in originals:
            text = plain(originals[row["receipt"]]["sealed"])
            yield self.speaker.free("As it was sent, in the form of the sender's system", text)

    def _drafts(self) -> list[Item]:
        return [
            Item(
                f"{plain(row['kind']).capitalize()}, begun at {self._agency(row['agency'])}",
                [
                    Line("Saved", [Run(when(row["saved_at"]))]),
                    staff_line(row["saved_by"]),
                    self.speaker.free("What is written", plain(row["sealed"])),
                ],
            )
            for row in self._rows("intake.draft", "saved_at")
        ]

    def _gaps(self) -> list[Item]:
        return [
            Item(gap.rule, [*self._gap(gap, row)])
            for row in self._rows("ledger.gap", "opens_at")
            for gap in (_gap(row),)
        ]

    def _gap(self, gap: Gap, row: Row) -> Iterator[Line]:
        yield Line("What", [Run(sentence(gap, None, True, self.registry))])  # noqa: FBT003
        yield Line("Believed since", [Run(when(row["known_from"]))])
        if row["known_to"] is not None:
            yield Line("Believed until", [Run(f"{when(row['known_to'])}: this holds no more")])
        if not gap.observed:
            yield Line("Caution", [Run("Nobody reports to us whether it was done.")])

    def _alerts(self) -> list[Item]:
        notices: dict[str, list[Row]] = {}
        for row in self._rows("alerts.notice", "made_at"):
            notices.setdefault(row["alert_id"], []).append(row)
        return [
            Item(
                f"{self._agency(row['agency'])}: {row['rule']}",
                [
                    *(_moved(one, self._agency(one.get("by_agency"))) for one in row["history"]),
                    *(_notice(one) for one in notices.get(row["alert_id"], ())),
                ],
            )
            for row in self._rows("alerts.alert", "since")
        ]

    def _feed(self) -> list[Item]:
        told_to: dict[str, list[Line]] = {}
        for row in self._rows("feedback.entry", "seq"):
            line = Line(when(row["known_at"]), [Run(f"{plain(row['type'])}, of {when(row['at'])}")])
            told_to.setdefault(row["agency"], []).append(line)
        return [Item(self._agency(agency), lines) for agency, lines in sorted(told_to.items())]

    def _looks(self) -> list[Item]:
        by_purpose: dict[str, list[Line]] = {}
        for row in self._rows("*.audit_entry"):
            line = Line(when(row["at"]), [*self._look(row)], "staff")
            by_purpose.setdefault(row["purpose"], []).append(line)
        return [Item(f"For {plain(why)}", lines) for why, lines in sorted(by_purpose.items())]

    def _look(self, row: Row) -> Iterator[Run]:
        yield Run(f"{plain(row['operation'])}, {plain(row['action'])}, as {plain(row['role'])} of "
                  f"{self._agency(row['agency'])}: ")  # fmt: skip
        yield Run(row["subject"], "staff")

    def _decisions(self) -> list[Item]:
        found = [
            *(Item("A doubt about whose the records are", [*code_lines(row, "kind", "reason",
                                                                  "opened_at", "closed_at")])
              for row in self._rows("intake.review", "opened_at")),
            *(Item("A decision about whose the records are",
                   [*code_lines(row, "kind", "decided_at", "undone_at"),
                    staff_line(row["decided_by"]), self._reason(row["reason"])])
              for row in self._rows("intake.identity_decision", "decided_at")),
            *(Item("The restricted child was opened by somebody",
                   [*code_lines(row, "purpose", "broken_at", "ends_at", "outcome"),
                    staff_line(row["subject"]), self._reason(row["sealed"])])
              for row in self._rows("intake.glass", "broken_at")),
            *(Item("A legal hold", [*code_lines(row, "reason", "set_at", "lifted_at", "lifted_for"),
                                    staff_line(row["set_by"])])
              for row in self._rows("intake.legal_hold", "set_at")),
            *(Item("A request to erase", [*code_lines(row, "reason", "state", "requested_at"),
                                          staff_line(row["requested_by"])])
              for row in self._rows("intake.erasure", "requested_at")),
        ]  # fmt: skip
        if self.held.restricted:
            text = "Who may see that there are records at all is restricted."
            found.insert(0, Item("The child is restricted", [Line("What", [Run(text)])]))
        return found

    def _reason(self, reason: object) -> Line:
        if reason is None:
            text = "kept under another child's key, and not opened"
            return Line("Reason given", [Run(text)])
        return self.speaker.free("Reason given", plain(reason))

    def _rest(self) -> list[Item]:
        lines = [
            Line(known.says if known else table, [Run(f"{len(rows)} {_rows_of(rows)}")])
            for table, rows in sorted(self.held.rows.items())
            if table not in _FOLLOWED
            for known in (self.words.table(table),)
        ]
        return [Item("Rows by what they are", lines)] if lines else []


def _gap(row: Row) -> Gap:
    anchor = {"source": row["anchor_source"], "id": row["anchor_id"]}
    return Gap.from_wire({**row, "anchor": anchor})


def _moved(one: Mapping[str, Any], by: str) -> Line:
    parts = (plain(one["state"]), by and f"by {by}", one.get("reason") and plain(one["reason"]))
    return Line(when(str(one["at"])), [Run(", ".join(part for part in parts if part))])


def _notice(row: Row) -> Line:
    said = [Run(f"{plain(row['outcome'])}, to "), Run(row["recipient"], "staff")]
    return Line(f"Told on {when(row['made_at'])}", said, "staff")


def _rows_of(rows: Sequence[Row]) -> str:
    return "row" if len(rows) == 1 else "rows"
