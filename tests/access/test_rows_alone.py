"""Does Postgres alone keep every row from whom it is not for, with the code's own checks off?

The second test is the first one's proof: with the conditions of the rows off as well, each of these
calls gives another agency's object away.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx
import pytest

from services.alerts import queue, weekly
from services.alerts.sight import Sight as AlertSight
from services.dashboards import (
    desks,
    dip_samples,
    equity_pack,
    explanation,
    handlers,
    measures,
    measures_cases,
    silence,
    store,
)
from services.dashboards.desks import queue_rows
from services.dashboards.sight import Sight
from services.directory import onward
from services.domain.registry import Registry
from services.intake import (
    drafts,
    feed,
    identity_api,
    identity_reviews,
    import_rows,
    imports,
    lookups,
    receipts,
)
from services.runtime.auth import ROLES, Caller
from services.runtime.contracts import Contracts
from services.runtime.web import Visitor
from tests.access import faces
from tests.access.people import PEOPLE
from tests.access.table import STRANGERS, Call, calls
from tests.access.test_matrix import answer_of, leaked
from tests.access.world import World
from tests.services.conftest import Dsn, Pool, pool_of

DECIDED_BY_THE_CODE = {
    **dict.fromkeys(
        (str(call) for call in calls() if call.service == "responses"),
        "inspections and answers to them: the service reads no child's row",
    ),
    "dashboards GET /gaps/{gap_id}": "leads on to where the page of a gap is, and reads nothing",
    "dashboards GET /api/v1/onward": "the directory answers, in the name of who asks",
    "alerts GET /api/v1/alerts/outbox": "how the mail goes, in which no child is",
    **dict.fromkeys(
        (
            str(call)
            for call in calls()
            if call.service == "dashboards"
            and (
                call.path.startswith(("/agency", "/disagreements"))
                or call.path.endswith(("/identity", "/events/{event}"))
            )
        ),
        "a page that asks intake or the directory for who is signed in: their answers are here",
    ),
    "intake GET /v1/erasures/{erasure_id}": "how far it is: no ref, and no row, of any child",
    "intake GET /v1/children/{child_ref}/accesses": "a function of the database asks for the role",
    "intake GET /v1/audit": "a function of the database asks for the role",
    "intake GET /v1/break-glass": "for who is named in policy, by the roles in the database",
    **dict.fromkeys(
        (
            f"intake GET /v1/webhooks{path}"
            for path in ("", "/{webhook_id}", "/{webhook_id}/undelivered")
        ),
        "no child's row: where an agency's own system is called",
    ),
    **dict.fromkeys(
        (
            f"intake GET /v1/{path}"
            for path in ("referrals", "referrals/{referral_ref}", "disagreements")
        ),
        "the child's folded history tells who may follow",
    ),
}
READS = [call for call in calls() if call.method == "GET" and str(call) not in DECIDED_BY_THE_CODE]
SHOWING = [
    call
    for call in READS
    if any("shown" in str(said) for said in call.table.values())
    and not {"receipts", "onward"} & set(call.path.split("/"))  # functions that ask for the agency
]


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch, contracts: Contracts) -> None:
    """Every check of the code's own answers yes, to anybody."""
    everyone = frozenset(contracts.registry.agencies)

    def all_seeing(caller: Caller, _: Registry) -> Sight:
        return Sight(caller.agency, everyone, everyone, everyone, sees_all=True)

    monkeypatch.setattr(Visitor, "require", lambda *_: None)
    for module in (handlers, explanation, dip_samples, measures, measures_cases, desks.queue):
        monkeypatch.setattr(module, "sight_of", all_seeing)
    monkeypatch.setattr(equity_pack, "near", lambda *_: everyone)
    monkeypatch.setattr(equity_pack, "ROLES", ROLES)
    monkeypatch.setattr(onward, "FIGURE_ROLES", ROLES)
    monkeypatch.setattr(onward, "OWN_ROLES", ROLES)
    monkeypatch.setattr(silence, "seen_by", lambda *_: everyone)
    monkeypatch.setattr(lookups, "_require_reader", lambda *_: None)
    monkeypatch.setattr(lookups, "sees", lambda *_: True)
    monkeypatch.setattr(identity_api, "require_reviewer", lambda *_: None)
    monkeypatch.setattr(identity_reviews, "require_reviewer", lambda *_: None)
    monkeypatch.setattr(identity_reviews, "sees", lambda *_: True)
    monkeypatch.setattr(receipts, "sees", lambda *_: True)
    monkeypatch.setattr(
        queue, "sight_of", lambda caller, _: AlertSight(caller.agency, everyone, everyone)
    )
    monkeypatch.setattr(weekly, "sight_of", all_seeing)
    # Functions that ask for the agency.
    monkeypatch.setattr(store, "tallied", lambda _: False)
    monkeypatch.setattr(store, "STREAMS", -1)
    monkeypatch.setattr(queue_rows, "STREAMS", -1)
    monkeypatch.setattr(feed, "READERS", ROLES)
    monkeypatch.setattr(drafts.Drafts, "_require", lambda *_: None)
    for name in ("_ALL", "_ONE"):
        anybodys = getattr(drafts, name).replace("agency = $1", "$1 <> ''")
        assert anybodys != getattr(drafts, name)
        monkeypatch.setattr(drafts, name, anybodys)
    everybodys = feed._PAGE.replace("f.agency = $1", "$1 <> ''")  # noqa: SLF001 - the check
    assert everybodys != feed._PAGE  # noqa: SLF001 - the check
    monkeypatch.setattr(feed, "_PAGE", everybodys)
    for module, name in ((imports, "_STATUS"), (import_rows, "_OWN")):
        anybodys = getattr(module, name).replace("AND agency = $2", "AND $2 <> ''")
        assert anybodys != getattr(module, name)
        monkeypatch.setattr(module, name, anybodys)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("persona", [name for name in PEOPLE if name not in STRANGERS])
@pytest.mark.parametrize("call", READS, ids=str)
async def test_no_row_comes_out_that_a_persona_may_not_see(
    clients: Mapping[str, httpx.AsyncClient], objects: World, call: Call, persona: str
) -> None:
    for one in objects.values():
        answer = await answer_of(clients[call.service], call, persona, one)
        assert answer.status_code in {200, 401, 404}, answer.text
        assert not leaked(answer, objects, persona)


@pytest.fixture(scope="session")
async def unshielded(
    dsn: Dsn, contracts: Contracts, keys: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """The services, reading as the owner of the database."""

    def as_owner(_: str, service: str) -> AbstractAsyncContextManager[Pool]:
        return pool_of(dsn("postgres"), search_path=service)

    folder = tmp_path_factory.mktemp("unshielded")
    async with faces.faces(dsn, contracts, keys, folder, as_owner) as found:
        yield found


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("call", SHOWING, ids=str)
async def test_without_the_conditions_of_the_rows_each_call_gives_another_agencys_object_away(
    unshielded: Mapping[str, httpx.AsyncClient], objects: World, call: Call
) -> None:
    answer = await answer_of(unshielded[call.service], call, "norfolk-school", objects["kent-csc"])
    assert leaked(answer, objects, "norfolk-school")
