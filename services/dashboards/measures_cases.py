"""Which cases are behind a number, for who may see them? The list is as long as the number."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, Literal

from asyncpg import Record
from fastapi.exceptions import RequestValidationError
from pydantic import Field, StringConstraints

from services.dashboards import measures_store, store
from services.dashboards.desk import Desk
from services.dashboards.handlers import PURPOSE, Forbidden, settled
from services.dashboards.measures_question import GROUPED, Narrowed
from services.dashboards.measures_store import Asked
from services.dashboards.sight import sight_of
from services.domain.measures.definition import Measure
from services.domain.measures.tally import NOTHING
from services.domain.moments import london_day, stamp
from services.runtime import audit
from services.runtime.asking import asking
from services.runtime.audit import Act
from services.runtime.auth import Caller
from services.runtime.questions import LimitText, fault

ACTION: Final = "measure-cases-read"
State = Literal["counted", "met", "missed", "missing", "not-judged"]
_After = Annotated[
    str,
    StringConstraints(
        pattern=r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
    ),
]
_CASES: Final = """
SELECT unit_id::text, child_ref, referral_ref, day, state, agency, unit, area, sex, ethnicity, age,
       source, event
FROM ledger.seen_fact
WHERE measure = $1 AND day >= $2 AND day < $3 AND state = ANY ($4::text[])
  AND known_from <= $5 AND (known_to IS NULL OR known_to > $5)
  AND agency = coalesce($6, agency) AND age = coalesce($7, age) AND area = coalesce($8, area)
  AND ethnicity = coalesce($9, ethnicity) AND sex = coalesce($10, sex)
  AND unit = coalesce($11, unit)
"""
_COUNT: Final = f"SELECT count(*) FROM ({_CASES}) AS found"  # noqa: S608 - words of ours
_PAGE: Final = f"""
SELECT found.*, (
    SELECT gap_id::text FROM ledger.seen_belief AS gap
    WHERE gap.rule = $15 AND gap.child_ref = found.child_ref
      AND (gap.anchor_source, gap.anchor_id) = (found.source, found.event)
      AND gap.known_from <= $5 AND (gap.known_to IS NULL OR gap.known_to > $5)
    ORDER BY gap.referral_ref = found.referral_ref DESC NULLS LAST, gap.opens_at, gap.gap_id LIMIT 1
) AS gap_id
FROM ({_CASES} AND (day, unit_id) > ($12::date, $13::uuid) ORDER BY day, unit_id LIMIT $14) AS found
ORDER BY day, found.unit_id::uuid
"""  # noqa: S608 - words of ours
_ANCHOR: Final = frozenset({"source", "event"})
"""By what a case's gap is found; it is not told."""
_FIRST: Final = (date(1900, 1, 1), "00000000-0000-0000-0000-000000000000")


class CasesQuestion(Narrowed):
    """Of which number the cases are asked for: what its measure was asked, and the state."""

    state: State = Field(
        "missed", description="missed: owed and not done in time; counted: met or missed."
    )
    limit: LimitText = Field("100", description="1 to 500.")
    after: _After | None = Field(None, description="`next` of the page before.")

    @property
    def place(self) -> tuple[date, str]:
        """After which case the page begins. RequestValidationError if that is no day."""
        if self.after is None:
            return _FIRST
        day, _, unit = self.after.partition(".")
        try:
            return date.fromisoformat(day), unit
        except ValueError:
            raise RequestValidationError([fault("after", "cursor")]) from None


async def cases(
    desk: Desk, caller: Caller, measure: Measure, asked: CasesQuestion, now: datetime
) -> dict[str, Any]:
    """List the cases, and write who read of whom, in one transaction. Raises Forbidden.

    Children who are hidden from the reader, and those who were erased, count and are not listed:
    `withheld` says how many.
    """
    if sight_of(caller, desk.registry) is None:
        raise Forbidden
    as_of = min(asked.as_of or now, now)
    period, places, only = asked.period(as_of), asked.places(), asked.only
    before = min(period.last.after(1).first, london_day(as_of) + timedelta(days=1))
    async with asking(desk.readers, caller) as connection:
        watermark = await store.watermark(connection)
        known_at, _ = settled(asked.known_at, watermark)
        newest = known_at == watermark
        groups = (only.get(places[0]), only.get(places[1]))
        wanted = Asked((measure.id,), places, only.get("agency"), groups, as_of, known_at, newest)
        counts = await measures_store.by_month(connection, wanted, period)
        narrowed = [only.get(name) for name in ("agency", *GROUPED)]
        states = ("met", "missed") if asked.state == "counted" else (asked.state,)
        stated = (measure.id, period.first.first, before, states, known_at, *narrowed)
        listed: int = await connection.fetchval(_COUNT, *stated)
        limit = int(asked.limit)
        rows = await connection.fetch(_PAGE, *stated, *asked.place, limit + 1, measure.rule)
        shown = rows[:limit]
        await audit.write(connection, caller, _act(shown, measure))
    total = NOTHING
    for tally in counts[measure.id].values():
        total = total.plus(tally)
    whole = {
        "counted": total.units,
        "met": total.met,
        "missed": total.units - total.met,
        "missing": total.missing,
        "not-judged": total.not_judged,
    }[asked.state]
    return {
        "items": [_item(row) for row in shown],
        "total": whole,
        "withheld": whole - listed,
        "next": _after(shown[-1]) if len(rows) > len(shown) else None,
        "as_of": stamp(as_of),
        "known_at": stamp(known_at),
    }


def _act(shown: Sequence[Record], measure: Measure) -> Act:
    children = {row["child_ref"] for row in shown}
    asked = audit.coded({"measure": measure.id}, {"measure": (measure.id,)})
    return Act("consultation", ACTION, PURPOSE, len(shown), children=children, asked=asked)


def _item(row: Record) -> dict[str, Any]:
    told = {name: value for name, value in row.items() if name not in _ANCHOR}
    return told | {"day": row["day"].isoformat()}


def _after(row: Record) -> str:
    return f"{row['day'].isoformat()}.{row['unit_id']}"
