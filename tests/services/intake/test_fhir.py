"""Referrals as FHIR message bundles: mapped, the rest reported by path, the original sealed."""

import json
from typing import Any

import httpx
import pytest

from tests.awkward import MARK, STRINGS
from tests.services.conftest import Pool
from tests.services.intake.bundles import bundle, patient, request
from tests.services.intake.conftest import Senders
from tests.services.intake.sending import Sender

MEDIA = "application/fhir+json"
PATH = "/v1/fhir/$process-message"


@pytest.fixture
def health(senders: Senders) -> Sender:
    return senders("norfolk-health")


async def told(sender: Sender, content: dict[str, Any]) -> httpx.Response:
    return await sender.send(json.dumps(content).encode(), MEDIA, path=PATH)


def issues(answer: httpx.Response) -> dict[str, dict[str, Any]]:
    """The issues of an outcome by our code."""
    assert answer.headers["content-type"] == MEDIA
    assert answer.json()["resourceType"] == "OperationOutcome"
    return {one["details"]["coding"][0]["code"]: one for one in answer.json()["issue"]}


async def published(pool: Pool) -> list[dict[str, Any]]:
    rows = await pool.fetch("SELECT value FROM outbox ORDER BY seq")
    return [json.loads(found["value"]) for found in rows]


async def test_a_bundle_becomes_the_referral_that_it_makes(
    health: Sender, intake_pool: Pool
) -> None:
    answer = await told(health, bundle())
    assert answer.status_code == 200
    (event,) = await published(intake_pool)
    assert (event["source"], event["id"]) == ("/norfolk-health/fhir", "bundle-1")
    assert (event["type"], event["time"]) == ("referral.made.v1", "2026-03-03T22:10:00Z")
    facts = event["facts"]
    assert facts["child"] == {"sex": "F", "ethnicity": "BCRB", "age": 16}
    assert (facts["referral_ref"], facts["sent_to"]) == ("H-REF-1", "E10000020")
    assert (facts["urgency"], facts["harms"]) == ("same-day", ["knife"])
    path = f"/v1/events/{answer.json()['id']}/text"
    said = (await health.get(path, params={"purpose": "data-quality"})).json()["data"]
    assert said["reason"] == {
        "why": "Found with a knife.", "evidence": "A cut on her hand.", "ask": "See her today.",
    }  # fmt: skip


async def test_what_has_no_place_is_reported_by_path_and_never_by_value(health: Sender) -> None:
    answer = await told(health, bundle())
    unmapped = issues(answer)["unmapped"]
    assert unmapped["severity"] == "warning"
    assert set(unmapped["expression"]) == {
        "Bundle.entry[1].resource.intent",
        "Bundle.entry[1].resource.occurrencePeriod",
        "Bundle.entry[2].resource.telecom",
        "Bundle.entry[4].resource.name",
        "Bundle.entry[7].resource.ofType(Flag)",
    }
    assert "zqux" not in answer.text.lower()


async def test_the_original_is_sealed_and_shown_to_its_agency_for_a_purpose(
    health: Sender, police: Sender, intake_pool: Pool
) -> None:
    sent = json.dumps(bundle(), indent=3).encode()
    answer = await health.send(sent, MEDIA, path=PATH)
    assert b"resourceType" not in await intake_pool.fetchval("SELECT sealed FROM original")
    path = f"/v1/events/{answer.json()['id']}/original"
    found = await health.get(path, params={"purpose": "subject-access"})
    assert (found.status_code, found.content) == (200, sent)
    assert found.headers["content-type"] == MEDIA
    assert (await police.get(path, params={"purpose": "subject-access"})).status_code == 404
    assert (await health.get(path)).status_code == 422
    asked = await intake_pool.fetch(
        "SELECT agency, row_count FROM audit_entry WHERE action = 'original' ORDER BY row_count"
    )
    assert [tuple(row) for row in asked] == [("norfolk-police", 0), ("norfolk-health", 1)]


async def test_the_same_bundle_again_is_the_same_receipt(health: Sender, intake_pool: Pool) -> None:
    first, again = await told(health, bundle()), await told(health, bundle())
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    assert "duplicate" in issues(again)
    assert await intake_pool.fetchval("SELECT count(*) FROM original") == 1


async def test_an_update_amends_and_a_revoked_request_withdraws(
    health: Sender, intake_pool: Pool
) -> None:
    await told(health, bundle())
    await told(health, bundle(reason="update", id="bundle-2"))
    ended = request(status="revoked", note=[{"text": "Sent twice."}])
    answer = await told(health, bundle(reason="update", id="bundle-3", request=ended))
    assert answer.status_code == 200, answer.text
    assert [event["type"] for event in await published(intake_pool)] == [
        "referral.made.v1", "referral.amended.v1", "referral.withdrawn.v1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ({}, "Bundle"),
        (bundle() | {"entry": []}, "Bundle.entry.resource.ofType(MessageHeader)"),
        (bundle(reason="other"), "MessageHeader.reason"),
        (bundle(request=request(authoredOn="yesterday")), "Bundle.entry[1].resource.authoredOn"),
        (bundle(request=request(priority="soon")), "Bundle.entry[1].resource.priority"),
        (bundle(patient=patient(identifier=[{"system": "https://fhir.nhs.uk/Id/nhs-number",
                                             "value": "12"}])),
         "Bundle.entry[2].resource.identifier"),
    ],
)  # fmt: skip
async def test_a_fault_is_an_outcome_at_its_path(
    health: Sender, content: dict[str, Any], path: str
) -> None:
    answer = await told(health, content)
    assert answer.status_code == 422
    told_of = [issue for issue in answer.json()["issue"] if issue["severity"] == "error"]
    assert path in [where for issue in told_of for where in issue["expression"]], answer.text


async def test_malformed_json_says_where(health: Sender) -> None:
    answer = await health.send(b'{"a": 1,\n x}', MEDIA, path=PATH)
    assert answer.status_code == 400
    assert "Line 2, column 2." in issues(answer)["not-json"]["details"]["text"]


async def test_an_agency_that_may_not_refer_is_told_so(senders: Senders) -> None:
    answer = await told(senders("norfolk-opcc"), bundle())
    assert answer.status_code == 403
    assert "type-not-allowed" in issues(answer)


async def test_no_awkward_string_in_any_element_breaks_the_door_or_comes_back(
    health: Sender, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = json.dumps(bundle())
    values = {text for text in whole.split('"')[1::2] if text not in ("Bundle", "message")}
    for text in STRINGS.values():
        for number, value in enumerate(sorted(values)):
            sent = whole.replace(f'"{value}"', json.dumps(text)).replace("bundle-1", f"b-{number}")
            answer = await health.send(sent.encode("utf-8", "surrogatepass"), MEDIA, path=PATH)
            assert answer.status_code < 500, (value, text)
            assert MARK not in answer.text, (value, text)
    captured = capfd.readouterr()
    assert MARK not in captured.out + captured.err
