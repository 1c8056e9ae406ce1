"""A person decides who is one child: seen by a reviewer of the area alone, kept, and undone."""

import json
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.intake import identity_reviews
from services.intake.matcher import Matcher
from services.runtime.contracts import Contracts
from tests.services.conftest import Pool
from tests.services.intake.conftest import Senders
from tests.services.intake.sending import Sender
from tests.services.matcher.vaulted import Made, concern, missing, retracting

FOR = {"purpose": "data-quality"}
WHO: dict[str, Any] = {
    "given_name": "Rowena",
    "family_name": "Saltmarsh",
    "date_of_birth": "2010-03-04",
    "sex": "F",
    "postcode": "NR1 1AA",
}
SWAPPED = WHO | {"date_of_birth": "2010-04-03"}
WHY = "the school's form has day and month the wrong way round"


async def posted(sender: Sender, path: str, body: Any = None) -> httpx.Response:  # noqa: ANN401 - any JSON
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await sender.send(content, "application/json", path=path, params=FOR)


@dataclass
class Matched:
    """Intake with its matcher, and the reviewer who decides."""

    senders: Senders
    pool: Pool
    matcher: Matcher
    reviewer: Sender

    async def tell(self, *events: Made) -> None:
        for one in events:
            answer = await self.senders(one["source"].split("/")[1]).post(one)
            assert answer.status_code == 202, answer.text
        await self.match()

    async def match(self) -> None:
        while await self.matcher.match():
            pass

    async def children(self) -> dict[str, str]:
        """The child_ref of each agency's one record."""
        return {row["agency"]: row["child_ref"] for row in await self.pool.fetch(
            "SELECT agency, child_ref FROM record")}  # fmt: skip

    async def together(self) -> bool:
        return len(set((await self.children()).values())) == 1

    async def record_ref(self, agency: str) -> str:
        found: str = await self.pool.fetchval(
            "SELECT record_ref FROM record WHERE agency = $1", agency
        )
        return found

    async def open_reviews(self) -> list[dict[str, Any]]:
        answer = await self.reviewer.get("/v1/identity/reviews", params=FOR)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def send(self, path: str, body: Any = None) -> Any:  # noqa: ANN401 - httpx's answer
        answer = await posted(self.reviewer, path, body)
        await self.match()
        return answer

    async def decide(self, decision: str) -> str:
        (review,) = await self.open_reviews()
        path = f"/v1/identity/reviews/{review['review_id']}/decision"
        answer = await self.send(path, {"decision": decision, "reason": WHY})
        assert answer.status_code == 202, answer.text
        decision_id: str = answer.json()["decision_id"]
        return decision_id


@pytest.fixture
def matched(app: FastAPI, senders: Senders, intake_pool: Pool, contracts: Contracts) -> Matched:
    matcher = Matcher(intake_pool, contracts, app.state.desk.reviews.vault)
    return Matched(senders, intake_pool, matcher, senders("norfolk-qa", "qa-reviewer"))


async def test_a_review_shows_both_sides_and_how_the_weight_came_about(matched: Matched) -> None:
    await matched.tell(missing("p1", **WHO), concern("s1", **SWAPPED))
    (listed,) = await matched.open_reviews()
    assert (listed["kind"], listed["reason"], listed["records"]) == ("likeness", "birth-date", 2)
    shown = await matched.reviewer.get(f"/v1/identity/reviews/{listed['review_id']}", params=FOR)
    review = shown.json()
    said = {
        record["agency"]: record["statements"][0]["date_of_birth"]
        for side in review["sides"]
        for record in side["records"]
    }
    assert said == {"norfolk-police": "2010-03-04", "norfolk-school": "2010-04-03"}
    weight = review["weight"]
    levels = {part["thing"]: part["level"] for part in weight["parts"]}
    assert levels["birth_date"] == "day-and-month"
    assert levels["given_name"] == "exact"
    total = weight["before"] + sum(part["weight"] for part in weight["parts"])
    assert weight["total"] == pytest.approx(total, abs=0.05)
    assert weight["band"] == "review"


async def test_who_decides_that_they_are_one_child_links_them_for_good(matched: Matched) -> None:
    await matched.tell(missing("p1", **WHO), concern("s1", **SWAPPED))
    assert not await matched.together()
    await matched.decide("link")
    assert await matched.together()
    assert await matched.open_reviews() == []
    await matched.tell(concern("s1", minute=9, **SWAPPED), missing("p1", minute=9, **WHO))
    assert await matched.together(), "it outlasts what is stated later"


async def test_who_decides_to_keep_them_apart_is_not_asked_again(matched: Matched) -> None:
    await matched.tell(missing("p1", **WHO), concern("s1", **SWAPPED))
    await matched.decide("keep-apart")
    assert await matched.open_reviews() == []
    amended = concern("s1", minute=9, date_of_birth="2010-03-04")
    await matched.tell(amended)
    assert not await matched.together(), "although nothing differs any more"
    await matched.tell(retracting(amended, "s1"))
    assert not await matched.together()


async def test_a_decision_can_be_taken_back(matched: Matched) -> None:
    await matched.tell(missing("p1", **WHO), concern("s1", **SWAPPED))
    decision_id = await matched.decide("link")
    answer = await matched.send(f"/v1/identity/decisions/{decision_id}/undo")
    assert answer.status_code == 202
    assert not await matched.together()
    assert len(await matched.open_reviews()) == 1
    again = await matched.send(f"/v1/identity/decisions/{decision_id}/undo")
    assert again.status_code == 404


async def test_who_is_un_linked_is_never_linked_again_by_likeness(matched: Matched) -> None:
    await matched.tell(missing("p1", **WHO), concern("s1", **WHO))
    assert await matched.together()
    child_ref = (await matched.children())["norfolk-school"]
    record_ref = await matched.record_ref("norfolk-school")
    body = {"record_ref": record_ref, "reason": "a cousin of the same name"}
    answer = await matched.send(f"/v1/identity/children/{child_ref}/unlink", body)
    assert answer.status_code == 202, answer.text
    assert not await matched.together()
    await matched.tell(concern("s1", minute=9, **WHO), missing("p1", minute=9, **WHO))
    assert not await matched.together()
    assert await matched.open_reviews() == []
    wires = await matched.pool.fetch("SELECT value FROM outbox WHERE value LIKE $1",
                                     b"%identity.unlinked.v1%")  # fmt: skip
    assert len(wires) == 1


async def test_whoever_comes_later_stays_with_the_child_and_not_with_who_was_taken_off(
    matched: Matched,
) -> None:
    await matched.tell(missing("p1", **WHO), concern("s1", **WHO))
    child_ref = (await matched.children())["norfolk-school"]
    record_ref = await matched.record_ref("norfolk-school")
    body = {"record_ref": record_ref, "reason": "a cousin"}
    await matched.send(f"/v1/identity/children/{child_ref}/unlink", body)
    number = "9995000008"
    await matched.tell(
        missing("p1", minute=9, nhs_number=number),
        concern("s1", minute=9, nhs_number=number),
        concern("h1", agency="norfolk-health", minute=9, nhs_number=number),
    )
    children = await matched.children()
    assert children["norfolk-health"] == children["norfolk-police"]
    assert children["norfolk-school"] != children["norfolk-police"]


async def test_who_links_after_un_linking_takes_that_back(matched: Matched) -> None:
    await matched.tell(missing("p1", **WHO), concern("s1", **SWAPPED))
    first = await matched.decide("keep-apart")
    closed = await matched.reviewer.get("/v1/identity/reviews", params={**FOR, "state": "closed"})
    assert len(closed.json()["items"]) == 1
    await matched.send(f"/v1/identity/decisions/{first}/undo")
    await matched.decide("link")
    assert await matched.together()


async def test_a_number_under_dispute_is_decided_as_well(matched: Matched) -> None:
    number = "9995000008"
    await matched.tell(
        missing("p1", nhs_number=number, date_of_birth="2010-03-04"),
        concern("s1", nhs_number=number, date_of_birth="2012-09-30"),
    )
    (listed,) = await matched.open_reviews()
    assert (listed["kind"], listed["reason"]) == ("nhs", "birth-date")
    await matched.decide("link")
    assert await matched.together()
    assert await matched.open_reviews() == []


@pytest.mark.parametrize(
    ("agency", "role"),
    [
        ("norfolk-police", "agency"), ("norfolk-school", "agency"),
        ("norfolk-police", "police-supervisor"), ("norfolk-opcc", "pcc-analyst"),
        ("norfolk-opcc", "pcc-editor"), ("norfolk-opcc", "administrator"),
    ],
)  # fmt: skip
async def test_only_a_reviewer_sees_or_decides(
    matched: Matched, senders: Senders, agency: str, role: str
) -> None:
    await matched.tell(missing("p1", **WHO), concern("s1", **SWAPPED))
    (listed,) = await matched.open_reviews()
    asker = senders(agency, role)
    one = f"/v1/identity/reviews/{listed['review_id']}"
    assert (await asker.get("/v1/identity/reviews", params=FOR)).status_code == 403
    assert (await asker.get(one, params=FOR)).status_code == 403
    body = {"decision": "link", "reason": "x"}
    assert (await posted(asker, f"{one}/decision", body)).status_code == 403
    unlinking = f"/v1/identity/children/{'0' * 32}/unlink"
    assert (await posted(asker, unlinking, body)).status_code == 403


async def test_every_look_and_every_decision_is_on_record(matched: Matched) -> None:
    await matched.tell(missing("p1", **WHO), concern("s1", **SWAPPED))
    (listed,) = await matched.open_reviews()
    await matched.reviewer.get(f"/v1/identity/reviews/{listed['review_id']}", params=FOR)
    await matched.decide("link")
    rows = await matched.pool.fetch(
        "SELECT operation, action, purpose, row_count FROM audit_entry"
        " WHERE action LIKE 'identity%' ORDER BY seq"
    )
    assert [tuple(row) for row in rows] == [
        ("consultation", "identity-reviews", "data-quality", 1),
        ("consultation", "identity-review", "data-quality", 2),
        ("consultation", "identity-reviews", "data-quality", 1),
        ("combination", "identity-link", "data-quality", 2),
    ]


async def test_the_reason_is_kept_sealed(matched: Matched) -> None:
    await matched.tell(missing("p1", **WHO), concern("s1", **SWAPPED))
    await matched.decide("link")
    reason = await matched.pool.fetchval("SELECT reason FROM identity_decision")
    assert WHY.encode() not in reason


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400), (b"\0", 400), (b"[" * 50 + b"]" * 50, 422), (b"[]", 422),
        (b'{"decision": "link"}', 422),
        (b'{"decision": "perhaps", "reason": "x"}', 422),
        (b'{"decision": "link", "reason": "x", "more": 1}', 422),
        (b'{"decision": "link", "reason": ""}', 422), (b"x" * 20_000, 413),
    ],
)  # fmt: skip
async def test_a_body_that_is_not_right_is_refused_and_not_repeated(
    matched: Matched, body: bytes, status: int
) -> None:
    await matched.tell(missing("p1", **WHO), concern("s1", **SWAPPED))
    (listed,) = await matched.open_reviews()
    path = f"/v1/identity/reviews/{listed['review_id']}/decision"
    answer = await matched.send(path, body)
    assert answer.status_code == status, answer.text
    assert "perhaps" not in answer.text
    assert len(await matched.open_reviews()) == 1


async def test_what_is_decided_cannot_be_decided_again_nor_a_record_alone_be_un_linked(
    matched: Matched,
) -> None:
    await matched.tell(missing("p1", **WHO), concern("s1", **SWAPPED))
    (listed,) = await matched.open_reviews()
    await matched.decide("keep-apart")
    path = f"/v1/identity/reviews/{listed['review_id']}/decision"
    again = await matched.send(path, {"decision": "link", "reason": "x"})
    assert (again.status_code, again.json()["code"]) == (409, "closed")
    record_ref = await matched.record_ref("norfolk-school")
    body = {"record_ref": record_ref, "reason": "x"}
    alone = await matched.send(f"/v1/identity/children/{record_ref}/unlink", body)
    assert (alone.status_code, alone.json()["code"]) == (409, "one-record")
    stranger = await matched.send(f"/v1/identity/children/{'0' * 32}/unlink", body)
    assert stranger.status_code == 404


async def test_a_review_that_names_a_record_of_another_area_is_not_there_and_cannot_be_decided(
    matched: Matched,
) -> None:
    await matched.tell(missing("p1", **WHO), concern("s1", **SWAPPED))
    (listed,) = await matched.open_reviews()
    await matched.pool.execute(
        "UPDATE record SET agency = 'kent-police' WHERE agency = 'norfolk-school'"
    )
    assert await matched.open_reviews() == []
    one = f"/v1/identity/reviews/{listed['review_id']}"
    assert (await matched.reviewer.get(one, params=FOR)).status_code == 404
    body = {"decision": "link", "reason": "x"}
    assert (await matched.send(f"{one}/decision", body)).status_code == 404


async def test_a_review_is_found_behind_any_number_that_may_not_be_seen(
    matched: Matched, monkeypatch: pytest.MonkeyPatch
) -> None:
    await matched.tell(missing("p1", **WHO), concern("s1", **SWAPPED))
    (shown,) = await matched.open_reviews()
    one, *_ = (await matched.children()).keys()
    await matched.pool.execute(
        "INSERT INTO review (review_id, kind, value_mac, records, reason, opened_at) "
        "SELECT 'r' || n, 'nhs', n::text::bytea, ARRAY[$1, 'of-nobody'], 'conflict', "
        "'2000-01-01' FROM generate_series(1, 5) AS n",
        await matched.record_ref(one),
    )
    monkeypatch.setattr(identity_reviews, "COUNTED", 2)
    assert await matched.open_reviews() == [shown]
