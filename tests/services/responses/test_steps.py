"""From the invitation to publication: each step in its order, or refused with a reason."""

from typing import Any

import httpx
import pytest
from fastapi.security import HTTPAuthorizationCredentials
from prometheus_client import generate_latest

from services.domain.responses.folding import fold
from services.responses import store, watching
from services.responses.desk import Desk
from tests.services.conftest import Pool
from tests.services.responses.conftest import LATELY, TODAY, Ask
from tests.services.responses.measuring import Dashboards

MEASURE = "referral.in-time-after-custody"


def asked_by(request: httpx.Request) -> HTTPAuthorizationCredentials:
    token = request.headers["Authorization"].removeprefix("Bearer ")
    return HTTPAuthorizationCredentials(scheme="Bearer", credentials=token)


async def refused(answer: Any) -> tuple[str, str]:  # noqa: ANN401 - an answer
    assert answer.status_code == 409, answer.text
    return answer.json()["code"], answer.json()["title"]


@pytest.mark.parametrize(
    ("kind", "more", "code"),
    [
        ("chief-officer-comments", {"on": TODAY, "text": ""}, "chief-officer-first"),
        ("consult", {"name": "CPS", "on": TODAY}, "chief-officer-first"),
        ("comment", {"on": "opening", "text": "Too soon."}, "chief-officer-first"),
        ("insert-figure", {"measure": MEASURE, "from": "2025-01", "to": "2025-12"},
         "chief-officer-first"),
        ("set-action", {"text": "Too soon."}, "chief-officer-first"),
        ("submit", {}, "chief-officer-first"),
        ("sign-off", {}, "not-submitted"),
        ("return", {"reason": "x"}, "not-submitted"),
        ("done", {"id": "chief-officer", "on": TODAY, "reference": "x"}, "not-signed-off"),
        ("done", {"id": "published", "on": TODAY, "reference": "x"}, "not-signed-off"),
        ("correct", {"reason": "x"}, "not-published"),
        ("invite-chief-officer", {"on": TODAY, "comments_by": LATELY, "means": "x"},
         "date-before"),
        ("map-measures", {"item": "item-9", "measures": []}, "no-such-item"),
        ("done", {"id": "king", "on": TODAY, "reference": "x"}, "no-such-step"),
    ],
)  # fmt: skip
async def test_before_the_chief_officer_is_invited(
    enter: Ask, step: Ask, kind: str, more: dict[str, Any], code: str
) -> None:
    response_id = (await enter()).json()["id"]
    assert (await refused(await step(response_id, kind, **more)))[0] == code


async def test_a_version_is_put_forward_when_all_is_said(opened: str, step: Ask) -> None:
    code, _ = await refused(await step(opened, "submit"))
    assert code == "no-comment"
    await step(opened, "comment", on="opening", text="I have read it.")
    code, said = await refused(await step(opened, "submit"))
    assert code == "recommendation-unexplained"
    assert said.startswith("Recommendation 1 has no explanation: section 55(5B)")
    await step(opened, "comment", on="item-1", text="We will.")
    code, said = await refused(await step(opened, "submit"))
    assert code == "chief-officer-may-comment"
    assert "The Chief Constable may comment until" in said
    await step(opened, "chief-officer-comments", on=TODAY, text="")
    assert (await step(opened, "submit")).json()["state"] == "submitted"


async def test_only_another_person_signs_off(signed: str, ask: Ask, step: Ask) -> None:
    found = (await ask("pcc-analyst", f"/api/v1/responses/{signed}")).json()
    assert found["versions"][0]["submitted_by"] == "pcc-editor"
    assert found["versions"][0]["signed_by"] == "pcc-approver"
    await step(signed, "return", "pcc-approver", reason="A word is missing.")
    await step(signed, "comment", "pcc-approver", on="closing", text="Mended.")
    await step(signed, "submit")
    for persona in ("pcc-editor", "pcc-approver"):
        code, _ = await refused(await step(signed, "sign-off", persona))
        assert code == "same-person"


async def test_nothing_changes_while_it_waits_or_once_it_is_signed(
    opened: str, step: Ask, signed: str
) -> None:
    assert opened == signed
    code, _ = await refused(await step(signed, "comment", on="opening", text="Late."))
    assert code == "signed-off"
    await step(signed, "return", reason="Look again.")
    await step(signed, "submit")
    code, said = await refused(await step(signed, "comment", on="opening", text="Late."))
    assert code == "awaits-sign-off"
    assert said.startswith("Version 2 waits")
    code, said = await refused(await step(signed, "done", id="panel", on=TODAY, reference="x"))
    assert code == "not-signed-off"


async def test_the_steps_are_done_in_their_order_or_with_a_reason(signed: str, step: Ask) -> None:
    code, said = await refused(await step(signed, "done", id="panel", on=TODAY, reference="x"))
    assert code == "out-of-order"
    assert "Response forwarded to the Chief Constable." in said
    code, _ = await refused(
        await step(signed, "done", id="chief-officer", on="2099-01-01", reference="x")
    )
    assert code == "not-yet"
    done = {"on": TODAY, "reference": "Letter 7", "evidence": "https://www.example.org/7"}
    found = (await step(signed, "done", id="chief-officer", **done)).json()
    assert found["steps"][0]["done"] == {
        "id": "chief-officer", "by": "pcc-editor", "because": None, **done,
    }  # fmt: skip
    code, _ = await refused(await step(signed, "done", id="chief-officer", **done))
    assert code == "done-already"
    code, _ = await refused(await step(signed, "done", id="published", **done))
    assert code == "out-of-order"
    why = {**done, "because": "The portal is away and the deadline is today."}
    assert (await step(signed, "done", id="published", **why)).json()["state"] == "published"


async def test_what_is_published_is_corrected_as_a_new_version(published: str, step: Ask) -> None:
    code, said = await refused(await step(published, "comment", on="opening", text="Late."))
    assert code == "published"
    assert "new version" in said
    found = (await step(published, "correct", reason="A figure was wrong.")).json()
    assert (found["state"], found["corrects"]) == ("open", "A figure was wrong.")
    await step(published, "comment", on="opening", text="I have read it again.")
    await step(published, "submit")
    assert (await step(published, "sign-off", "pcc-approver")).status_code == 200
    found = (await step(published, "done", id="chief-officer", on=TODAY, reference="x")).json()
    assert [one["number"] for one in found["versions"]] == [1, 2]
    assert found["versions"][0]["published_on"] == TODAY


async def test_versions_are_compared_passage_by_passage(
    published: str, step: Ask, ask: Ask
) -> None:
    await step(published, "correct", reason="Clearer words.")
    await step(published, "comment", on="opening", text="I have read it twice.")
    path = f"/api/v1/responses/{published}/compare"
    found = (await ask("pcc-analyst", path, before="1", after="0")).json()
    assert [(one["kind"], one["text"]) for one in found["changes"]] == [
        ("removed", "I have read it."),
        ("added", "I have read it twice."),
    ]
    assert (await ask("pcc-analyst", path, before="7")).status_code == 404


async def test_a_figure_is_frozen_and_comes_out_equal(
    signed: str, ask: Ask, dashboards: Dashboards, desk: Desk
) -> None:
    found = (await ask("pcc-editor", f"/api/v1/responses/{signed}")).json()
    [(ref, frozen)] = found["figures"].items()
    assert frozen["rows"][0]["numerator"] == 600
    assert frozen["rows"][1]["numerator"] == "c"
    assert "The groups are of the months from 2025-01 to 2025-09 alone." in frozen["notes"]
    known = desk.caller(asked_by(dashboards.asked[-1]))
    assert (known.subject, known.role) == ("pcc-editor", "pcc-editor")
    path = f"/api/v1/responses/{signed}/figures/{ref}/again"
    again = (await ask("pcc-analyst", path)).json()
    assert again["equal"]
    query = dashboards.asked[-1].url.params
    assert (query["as_of"], query["known_at"]) == (frozen["as_of"], frozen["known_at"])
    assert (query["from"], query["by"], query["agency"]) == ("2025-01", "unit", "norfolk-police")
    dashboards.met = 601
    assert not (await ask("pcc-analyst", path)).json()["equal"]


async def test_a_figure_that_is_not_answered_is_not_put_in(
    opened: str, step: Ask, dashboards: Dashboards
) -> None:
    more = {"from": "2025-01", "to": "2025-12"}
    answer = await step(opened, "insert-figure", measure="no.such", **more)
    assert answer.json()["errors"] == [{"pointer": "/body/measure", "code": "not-answered"}]
    dashboards.released = False
    answer = await step(opened, "insert-figure", measure=MEASURE, **more)
    assert answer.status_code == 422
    dashboards.away = True
    answer = await step(opened, "insert-figure", measure=MEASURE, **more)
    assert answer.status_code == 503


async def test_a_finding_is_mapped_by_a_person_and_looked_at_today(
    opened: str, step: Ask, ask: Ask, dashboards: Dashboards
) -> None:
    assert (await ask("pcc-analyst", "/api/v1/findings")).json()["items"] == []
    answer = await step(opened, "map-measures", item="item-2", measures=["no.such"])
    assert answer.status_code == 422
    await step(opened, "map-measures", item="item-2", measures=[MEASURE])
    [found] = (await ask("pcc-analyst", "/api/v1/findings")).json()["items"]
    assert (found["way"], found["text"]) == ("worse", "Referrals come late.")
    assert found["sentence"] == (
        "Clear change since the period before: worse, down by 10.0 percentage points."
    )
    dashboards.met = 700
    [found] = (await ask("pcc-analyst", "/api/v1/findings")).json()["items"]
    assert found["way"] == "no-clear-change"


async def test_another_body_s_response_is_not_there(signed: str, ask: Ask) -> None:
    assert (await ask("pcc-editor", f"/api/v1/responses/{'0' * 32}")).status_code == 404
    assert (await ask("norfolk-police", f"/api/v1/responses/{signed}")).status_code == 403


async def test_prometheus_is_told_what_is_due_and_what_is_worse(
    opened: str, step: Ask, desk: Desk, dashboards: Dashboards
) -> None:
    await step(opened, "map-measures", item="item-2", measures=[MEASURE])
    await watching.look(desk)
    told = generate_latest().decode()
    assert 'rw_responses_due{due="overdue"} 1.0' in told
    assert 'rw_responses_due{due="later"} 0.0' in told
    assert f'rw_findings_worse{{measure="{MEASURE}"}} 1.0' in told
    dashboards.met = 700
    await watching.look(desk)
    assert f'rw_findings_worse{{measure="{MEASURE}"}} 0.0' in generate_latest().decode()
    dashboards.away = True
    await watching.look(desk)


async def test_an_amendment_keeps_what_it_changes_and_counts_the_days_again(
    opened: str, step: Ask, pool: Pool
) -> None:
    before = fold(await store.entries(pool, opened)).inspection
    later = {"title": before["title"], "published_on": "2026-01-05"}
    assert (await step(opened, "amend", **later)).status_code == 200
    kept = (await store.entries(pool, opened))[-1]
    assert kept.by == "pcc-editor"
    assert set(kept.content) == {"published_on", "strict_on", "usual_on"}
    assert kept.content["strict_on"] != before["strict_on"]
