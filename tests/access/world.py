"""What is there to be seen? One object of every kind for each of some agencies in two counties.

Events come in by intake's own door; what chronology and ledger would make of them is put beside it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from uuid import UUID, uuid5

import asyncpg
import httpx

from services.alerts.api import read_telling
from services.alerts.handlers import Keeper
from services.alerts.settings import Settings
from services.chronology.compose import compose
from services.dashboards.desks.child import digest
from services.domain.alert_episodes import Group
from services.domain.alerts import alert_id
from services.domain.chronology import Chronology
from services.domain.equity_groups import UNKNOWN
from services.domain.events import SERVICE_REFERRED
from services.domain.gaps import Gap
from services.domain.measures.facts import Fact
from services.domain.moments import moment
from services.feedback.handlers import follow
from services.ledger.beliefs import Standing
from services.ledger.cases import cases_of
from services.ledger.facts import Counting, Found
from services.ledger.handlers import keep
from services.runtime import clock
from services.runtime.contracts import Contracts
from tests.access.people import token
from tests.gaps import gap, verdict
from tests.services.conftest import Dsn, Pool

NORFOLK = ("norfolk-police", "norfolk-csc", "norfolk-school", "norfolk-voluntary", "norfolk-health")
KENT = ("kent-police", "kent-csc")
REGISTERED = """
[agencies.kent-police]
name = "Kent Police"
kind = "police"
areas = ["E23000032", "E10000016"]

[agencies.kent-csc]
name = "Kent children's social care"
kind = "social-care"
areas = ["E10000016"]
"""
MONTH = "2026-03"
AT = "2026-03-02T09:00:00Z"
_PUBLISHED = "SELECT value FROM outbox WHERE receipt = $1"
_EVENT = """
INSERT INTO event (source, id, type, time, record_ref, feature_version, revision, body,
                   child_version, stored_at)
VALUES ($1, $2, 'referral.made.v1', $3, $4, 1, 0, $5, 1, $3)
"""
_ONWARD = _EVENT.replace("referral.made.v1", SERVICE_REFERRED)
_DISPUTED = _EVENT.replace("referral.made.v1", "disagreement.raised.v1")
_IMPORT = """
INSERT INTO import (id, agency, format, state, created_at, wrapped_key, master_key_id)
VALUES ($1, $2, 'cin-census', 'done', $3, '', '')
"""
_ROW = """
INSERT INTO import_row (import_id, row, pointer, fact, outcome, receipt)
VALUES ($1, 1, '/Children', 'referral.made.v1', 'accepted', $2)
"""
_REVIEW = """
INSERT INTO review (review_id, kind, value_mac, records, reason, opened_at)
VALUES ($1, 'likeness', convert_to($1, 'UTF8'), ARRAY[$2, $2], 'birth-date', $3)
"""
_WEBHOOK = """
INSERT INTO webhook (webhook_id, agency, url, secret, created_at, after, next_at)
VALUES ($1, $2, $3, '', $4, 0, $4)
"""


@dataclass(frozen=True, slots=True)
class Object:
    """One agency's child with all that hangs on it; the fields may be named in the table.

    Every field but agency and month is a mark: it stands in no answer to who may not see it.
    """

    agency: str
    month: str
    child_ref: str
    receipt: str
    event_id: str
    referral_ref: str
    gap_id: str
    alert_id: str
    import_id: str
    family_name: str
    service_id: str
    service_ref: str
    review_id: str
    decision_id: str
    draft_id: str = "f" * 32
    webhook_id: str = field(default_factory=clock.new_ref)
    erasure_id: str = "e" * 32
    hold_id: str = "d" * 32

    @property
    def event(self) -> str:
        """The referral as an address of a page names it."""
        return digest(f"/{self.agency}/cases", self.event_id)

    @property
    def reading(self) -> str:
        """The referral of a dip sample as an address of a page names it."""
        return digest(self.child_ref, self.referral_ref)

    @property
    def marks(self) -> frozenset[str]:
        """Everything by which it could be known."""
        return frozenset(asdict(self).values()) - {self.agency, self.month}


World = Mapping[str, Object]


async def build(dsn: Dsn, intake: httpx.AsyncClient, contracts: Contracts) -> World:
    """Make every agency's object."""
    made = {}
    async with (
        asyncpg.create_pool(dsn("intake"), min_size=1) as vault,
        asyncpg.create_pool(dsn("chronology"), min_size=1) as chronology,
        asyncpg.create_pool(dsn("ledger"), min_size=1) as ledger,
    ):
        for agency in (*NORFOLK, *KENT):
            one = await _drafted(intake, await _sent(vault, intake, agency))
            await _stored(chronology, one, await vault.fetchval(_PUBLISHED, one.receipt))
            await _referred(chronology, one)
            await _disputed(chronology, vault, intake, one)
            standing = Standing(one.child_ref, 1, 1, None, erased=False)
            (composed,) = await compose(chronology, [one.child_ref])
            cases = cases_of(Chronology.from_wire(json.loads(composed.value)), contracts.policy())
            counted = Counting(None, {one.child_ref: Found((1, 1), (_fact(one),), cases)})
            said = [verdict(_gap(one), child_ref=one.child_ref)]
            await keep(ledger, [standing], said, counted)
            await vault.execute(_IMPORT, one.import_id, agency, moment(AT))
            await vault.execute(_ROW, one.import_id, one.receipt)
            await vault.execute(_REVIEW, one.review_id, one.child_ref, moment(AT))
            made[agency] = one
    await _alert(dsn, contracts)
    async with asyncpg.create_pool(dsn("feedback"), min_size=1) as feedback:
        await follow(feedback, clock.now(), timedelta())
        for one in made.values():
            url = f"https://{one.agency}.example/{one.webhook_id}"
            await feedback.execute(_WEBHOOK, one.webhook_id, one.agency, url, clock.now())
    return made


async def _alert(dsn: Dsn, contracts: Contracts) -> None:
    """Have the alerts of all these gaps kept."""
    settings = Settings.model_validate({"postgres_dsn": "unused", "kafka_bootstrap": "unused"})
    async with asyncpg.create_pool(dsn("alerts"), min_size=1) as pool:
        keeper = Keeper(pool, read_telling(settings, contracts), contracts.registry)
        await keeper.notice()
        assert await keeper.look()


async def _sent(vault: Pool, intake: httpx.AsyncClient, agency: str) -> Object:
    """Send an agency's referral; return what it is known by."""
    name = f"Quill{agency.replace('-', '')}"
    event_id, referral_ref = f"E-{agency}", f"R-{agency}"
    event = {
        "specversion": "1.0", "source": f"/{agency}/cases", "id": event_id,
        "type": "referral.made.v1", "time": AT,
        "data": {
            "child": {"local_id": f"L-{agency}", "family_name": name, "sex": "M"},
            "practitioner": {"ref": "PC-7", "role": "investigator"},
            "referral_ref": referral_ref, "sent_to": "E10000020", "urgency": "standard",
            "harms": ["knife"], "reason": {"why": "He was found with a knife at the park."},
        },
    }  # fmt: skip
    answer = await intake.post("/v1/events", json=event, headers={
        "Authorization": f"Bearer {token(agency, 'agency')}",
        "Content-Type": "application/cloudevents+json",
    })  # fmt: skip
    assert answer.status_code == 202, answer.text
    receipt = answer.json()["receipt"]
    child_ref = await vault.fetchval(
        "SELECT child_ref FROM record JOIN event USING (record_ref) WHERE receipt = $1", receipt
    )
    gap_id = str(uuid5(UUID(int=0), agency))
    return Object(
        agency, MONTH, child_ref, receipt, event_id, referral_ref, gap_id,
        alert_id(Group(child_ref, gap().rule, agency)), clock.new_ref(), name,
        str(uuid5(UUID(int=0), f"service of {agency}")), f"S-{agency}", clock.new_ref(),
        clock.new_ref(),
    )  # fmt: skip


async def _drafted(intake: httpx.AsyncClient, one: Object) -> Object:
    """Begin a referral on the agency's behalf, and do not send it."""
    child = {"local_id": f"L-{one.agency}", "family_name": one.family_name}
    answer = await intake.post(
        "/v1/drafts",
        json={"kind": "referral", "content": {"child": child}},
        headers={"Authorization": f"Bearer {token(one.agency, 'agency')}"},
    )
    assert answer.status_code == 201, answer.text
    return replace(one, draft_id=answer.json()["draft_id"])


async def _disputed(chronology: Pool, vault: Pool, intake: httpx.AsyncClient, one: Object) -> None:
    """Have the agency disagree with what was decided of its referral."""
    event = {
        "specversion": "1.0", "source": f"/{one.agency}/cases", "id": f"D-{one.agency}",
        "type": "disagreement.raised.v1", "time": AT,
        "data": {
            "child": {"local_id": f"L-{one.agency}"}, "referral_ref": one.referral_ref,
            "reason": "The harm goes on.", "practitioner": {"ref": "PC-7", "role": "investigator"},
        },
    }  # fmt: skip
    answer = await intake.post("/v1/events", json=event, headers={
        "Authorization": f"Bearer {token(one.agency, 'agency')}",
        "Content-Type": "application/cloudevents+json",
    })  # fmt: skip
    assert answer.status_code == 202, answer.text
    published = await vault.fetchval(_PUBLISHED, answer.json()["receipt"])
    source = f"/{one.agency}/cases"
    await chronology.execute(_DISPUTED, source, event["id"], moment(AT), one.child_ref, published)


async def _stored(chronology: Pool, one: Object, published: bytes) -> None:
    """Store the event as chronology would have."""
    await chronology.execute("INSERT INTO child VALUES ($1)", one.child_ref)
    await chronology.execute("INSERT INTO record VALUES ($1, $1)", one.child_ref)
    source = f"/{one.agency}/cases"
    await chronology.execute(_EVENT, source, one.event_id, moment(AT), one.child_ref, published)


async def _referred(chronology: Pool, one: Object) -> None:
    """Store that the child was referred to a service as well."""
    source, facts = f"/{one.agency}/cases", {"service_ref": one.service_ref, "kind": "mentoring"}
    event = {
        "source": source, "id": one.service_ref, "type": SERVICE_REFERRED, "time": AT,
        "received_at": AT, "agency": one.agency, "record_ref": one.child_ref,
        "feature_version": 1, "revision": 0, "facts": facts,
    }  # fmt: skip
    await chronology.execute(
        _ONWARD, source, one.service_ref, moment(AT), one.child_ref, json.dumps(event).encode()
    )


def _fact(one: Object) -> Fact:
    """What is counted of the child: a decision that its agency made in time."""
    groups = dict.fromkeys(("unit", "area", "sex", "ethnicity", "age"), UNKNOWN)
    return Fact(
        unit_id=one.gap_id, measure="decision.in-time", version=1, child_ref=one.child_ref,
        day=moment(AT).date(), state="met", agency=one.agency, **groups,
        referral_ref=one.referral_ref, source=f"/{one.agency}/records", event=one.event_id,
    )  # fmt: skip


def _gap(one: Object) -> Gap:
    source = f"/{one.agency}/cases"
    return gap(
        1, gap_id=one.gap_id, child_ref=one.child_ref, referral_ref=one.referral_ref,
        agency=one.agency, visible_to=(), anchor=(source, one.event_id),
        evidence=((source, one.event_id),),
    )  # fmt: skip
