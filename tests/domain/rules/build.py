"""A child's chronology, told tersely: London times, one ref of each kind, facts by name.

A time is `2026-03-03 09:00` (London), `2026-03-03T09:00:00Z` (UTC) or `2026-03-03`: a fact that has
only its date. Events go through the wire, as the judge reads them.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from services.domain import events as e
from services.domain.chronology import Chronology
from services.domain.gaps import Gap
from services.domain.judging import judge
from services.domain.policy import Policy
from services.domain.registry import Registry
from tests.domain.lives import calendar, content, default_policy

LONDON = ZoneInfo("Europe/London")
DAY_ONLY = len("2026-03-03")
LONG_AFTER = "2028-01-01T00:00:00Z"
"""When everything was received: practice is judged on `time`, never on this."""

NORFOLK = "E10000020"
CUSTODY = "/norfolk-police/custody"
REFERRALS = "/norfolk-police/referrals"
SCHOOL = "/norfolk-school/concerns"
CASES = "/norfolk-csc/cases"
CENSUS = "/norfolk-csc/cin-census"
VOLUNTARY = "/norfolk-voluntary/cases"

Wire = dict[str, Any]
Span = tuple[datetime, datetime | None]


def when(text: str) -> datetime:
    stated = datetime.fromisoformat(text)
    return (stated if stated.tzinfo else stated.replace(tzinfo=LONDON)).astimezone(UTC)


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def event(type_: str, at: str, source: str, **facts: Any) -> Wire:  # noqa: ANN401 - by the schema
    """One event about a child of 15; `age`, `id`, `record`, `unit` may be told; None leaves out."""
    child = {"age": facts.pop("age", 15)}
    name = facts.pop("id", None) or f"{type_} {at} {sorted(facts.items(), key=str)}"
    record = facts.pop("record", "record-1")
    unit = facts.pop("unit", None)
    staff = {"practitioner": {"staff_ref": "s", "role": "officer", "unit": unit}} if unit else {}
    precision = {"time_precision": "day"} if len(at) == DAY_ONLY else {}
    said = {name: fact for name, fact in facts.items() if fact is not None}
    return {
        "schema": 1,
        "source": source,
        "id": name,
        "type": type_,
        "time": stamp(when(at)),
        "received_at": LONG_AFTER,
        "agency": source.split("/")[1],
        "record_ref": record,
        "feature_version": 1,
        "revision": 0,
        "facts": {"child": child, **staff, **precision, **said},
    }


detained = partial(event, e.DETAINED, source=CUSTODY, custody_ref="C-1")
interviewed = partial(
    event, e.INTERVIEWED, source=CUSTODY, interview_ref="V-1", involvement="suspect"
)
exposed = partial(
    event, e.EXPOSED, source="/norfolk-police/crime", incident_ref="I-1", involvement="victim"
)
concerned = partial(event, e.CONCERN, source=SCHOOL, concern_ref="N-1", setting="school")
missing = partial(event, e.MISSING, source="/norfolk-police/crime", incident_ref="I-1")
found = partial(event, e.FOUND, source="/norfolk-police/crime", incident_ref="I-1")
searched = partial(event, e.SEARCHED, source="/norfolk-police/crime", incident_ref="I-1")

made = partial(event, e.MADE, source=REFERRALS, referral_ref="R-1", sent_to=NORFOLK)
amended = partial(event, e.AMENDED, source=REFERRALS, referral_ref="R-1")
withdrawn = partial(event, e.WITHDRAWN, source=REFERRALS, referral_ref="R-1")
not_referred = partial(event, e.NOT_REFERRED, source=CUSTODY)

received = partial(event, e.RECEIVED, source=CASES, referral_ref="R-1")
decided = partial(event, e.DECIDED, source=CASES, referral_ref="R-1", decision="section-17")
told = partial(event, e.TOLD, source=CASES, referral_ref="R-1")
discussed = partial(event, e.DISCUSSED, source=CASES, referral_ref="R-1", leads_to="section-47")
assessed = partial(event, e.ASSESSMENT_COMPLETED, source=CASES, referral_ref="R-1")
conferred = partial(event, e.CONFERENCE_HELD, source=CASES, referral_ref="R-1")
closed = partial(event, e.CLOSED, source=CASES, referral_ref="R-1", reason_for_closure="RC1")

service = partial(
    event, e.SERVICE_REFERRED, source=VOLUNTARY, service_ref="S-1", kind="therapeutic"
)
started = partial(event, e.SUPPORT_STARTED, source=VOLUNTARY, service_ref="S-1")
declined = partial(event, e.SERVICE_DECLINED, source=VOLUNTARY, service_ref="S-1")
ended = partial(event, e.SUPPORT_ENDED, source=VOLUNTARY, service_ref="S-1")


def retracted(target: Wire, at: str = "2026-12-01 09:00", source: str | None = None) -> Wire:
    """`event.retracted` of an event, by its own source unless told."""
    named = {"source": target["source"], "id": target["id"]}
    return event(e.RETRACTED, at, source or target["source"], retracts=named)


def life(events: Sequence[Wire], child_ref: str = "child-1") -> Chronology:
    keys = [(each["source"], each["id"]) for each in events]
    assert len(set(keys)) == len(keys), "two events of this test have one name"
    return Chronology.from_wire(
        {
            "schema": 1,
            "child_ref": child_ref,
            "epoch": 1,
            "version": 1,
            "merged_into": None,
            "erased": False,
            "events": list(events),
            "training": [],
        }
    )


@cache
def published() -> Policy:
    return ruled()


def ruled(
    numbers: Mapping[str, list[Wire]] | None = None,
    feeds: Wire | None = None,
    agencies: Wire | None = None,
) -> Policy:
    """The published policy, with lines after the first of some numbers, or feeds, or agencies."""
    default, registry = default_policy(), content("agencies.toml")
    for name, lines in (numbers or {}).items():
        first = default["numbers"][name][0]
        default["numbers"][name] = [first, *({**first, **line} for line in lines)]
    registry["agencies"] |= agencies or {}
    fed = feeds or content("policy/feeds.toml")
    return Policy.parse(default, fed, Registry.parse(registry), calendar())


def gaps(rule: str, *events: Wire, by: Policy | None = None) -> list[Gap]:
    found_ = judge("timeliness", life(events), by or published())
    return [gap for gap in found_ if gap.rule == f"timeliness.{rule}"]


def the_gap(rule: str, *events: Wire, by: Policy | None = None) -> Gap:
    (gap,) = gaps(rule, *events, by=by)
    return gap


def spans(rule: str, *events: Wire, by: Policy | None = None) -> list[Span]:
    return [(gap.opens_at, gap.closes_at) for gap in gaps(rule, *events, by=by)]


def span(opens: str, closes: str | None = None) -> Span:
    return (when(opens), when(closes) if closes else None)
