"""Do the demo's agencies post as agencies should, and never into somebody else's stack?"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import pytest

from deploy.demo.compare import found_gaps
from deploy.demo.county import County
from deploy.demo.posting import Agencies, Refused
from deploy.demo.stack import Marker, may_post
from deploy.demo.truth import Written

ENDPOINTS = {
    "intake": "http://intake.invalid",
    "dashboards": "http://dashboards.invalid",
    "tokens": {"norfolk-police": "p", "norfolk-csc": "c", "qa-reviewer": "q"},
}
COUNTY = County(1, 1.0, datetime(2026, 11, 23, tzinfo=UTC))


class Intake:
    """A stand-in for intake: takes batches, refuses what it is told to, judges all it has."""

    def __init__(self) -> None:
        self.batches: list[tuple[str, list[str]]] = []
        self.busy = 0
        self.refused: set[str] = set()
        self.never_judged: set[str] = set()

    def answer(self, request: httpx.Request) -> httpx.Response:
        if self.busy:
            self.busy -= 1
            return httpx.Response(429, headers={"Retry-After": "0"})
        if request.method == "GET":
            return self._receipts(request.url.params["receipts"].split(","))
        ids = [event["id"] for event in msgspec.json.decode(request.content)]
        self.batches.append((request.headers["Authorization"], ids))
        return httpx.Response(200, json={"receipts": [self._receipt(id_) for id_ in ids]})

    def _receipt(self, id_: str) -> dict[str, object]:
        if id_ in self.refused:
            errors = [{"pointer": "/data/x", "code": "unknown-field", "message": "m"}]
            return {"id": id_, "outcome": "rejected", "status": 422, "errors": errors}
        return {"id": id_, "outcome": "accepted", "status": 202, "receipt": f"r{id_}"}

    def _receipts(self, asked: list[str]) -> httpx.Response:
        stages = [
            {"receipt": r, "stage": "published" if r in self.never_judged else "judged"}
            for r in asked
        ]
        return httpx.Response(200, json={"items": stages})


def year(**agencies: int) -> Written:
    events = {
        f"norfolk-{agency}": [msgspec.json.encode({"id": f"{agency}{n}"}) for n in range(count)]
        for agency, count in agencies.items()
    }
    return Written(events, Counter(x=sum(agencies.values())))


def client(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


async def test_each_agency_posts_its_own_in_order_in_batches_of_at_most_500() -> None:
    intake = Intake()
    async with client(intake.answer) as http:
        posted = await Agencies(http, ENDPOINTS).post(year(police=1201, csc=3))
    mine = [ids for token, ids in intake.batches if token == "Bearer p"]
    assert [len(ids) for ids in mine] == [500, 500, 201]
    assert [id_ for ids in mine for id_ in ids] == [f"police{n}" for n in range(1201)]
    assert posted.outcomes == {"accepted": 1204}


async def test_not_now_is_tried_again_and_loses_nothing() -> None:
    intake = Intake()
    intake.busy = 3
    async with client(intake.answer) as http:
        posted = await Agencies(http, ENDPOINTS).post(year(police=700))
    assert posted.outcomes == {"accepted": 700}


async def test_what_is_rejected_is_counted_by_code_and_place_alone() -> None:
    intake = Intake()
    intake.refused = {"police1"}
    async with client(intake.answer) as http:
        posted = await Agencies(http, ENDPOINTS).post(year(police=2))
    assert posted.outcomes == {"accepted": 1, "rejected": 1}
    assert posted.faults == {"422 unknown-field /data/x": 1}


async def test_a_refusal_for_good_ends_the_posting_with_a_sentence() -> None:
    async with client(lambda _: httpx.Response(401)) as http:
        with pytest.raises(Refused, match="answered 401"):
            await Agencies(http, ENDPOINTS).post(year(police=1))


async def test_waiting_ends_when_every_receipt_is_judged() -> None:
    intake = Intake()
    async with client(intake.answer) as http:
        agencies = Agencies(http, ENDPOINTS)
        await agencies.post(year(police=1100, csc=1))
        await agencies.wait_until_judged(60)


async def test_waiting_gives_up_when_a_receipt_never_moves() -> None:
    intake = Intake()
    intake.never_judged = {"rpolice7"}
    async with client(intake.answer) as http:
        agencies = Agencies(http, ENDPOINTS)
        await agencies.post(year(police=20))
        with pytest.raises(Refused, match="1 receipts are not judged"):
            await agencies.wait_until_judged(0)


async def test_every_page_of_gaps_is_read_and_only_the_demos_are_kept() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        second = "cursor" in request.url.params
        sources = ["/a/demo-x", "/a/records"] if second else ["/a/demo-y"]
        items = [{"anchor": {"source": source, "id": "1"}} for source in sources]
        return httpx.Response(200, json={"items": items, "next": None if second else "2"})

    async with client(answer) as http:
        gaps = await found_gaps(http, ENDPOINTS)
    assert [gap["anchor"]["source"] for gap in gaps] == ["/a/demo-y", "/a/demo-x"]


def test_the_county_is_never_mixed_with_other_records() -> None:
    with pytest.raises(Refused, match="not the demo's"):
        may_post(COUNTY, None, ours=False, others=True)
    with pytest.raises(Refused, match="not the demo's"):
        may_post(COUNTY, COUNTY, ours=True, others=True)


def test_two_counties_are_never_mixed() -> None:
    with pytest.raises(Refused, match="another demo county"):
        may_post(County(2, 1.0, COUNTY.until), COUNTY, ours=True, others=False)


def test_a_county_that_was_begun_may_be_posted_on() -> None:
    may_post(COUNTY, COUNTY, ours=True, others=False)
    may_post(COUNTY, None, ours=False, others=False)


def test_what_is_noted_of_a_county_is_read_again(tmp_path: Path) -> None:
    marker = Marker(tmp_path / "demo")
    assert marker.county() is None
    assert not marker.complete()
    marker.note(COUNTY, complete=False)
    assert marker.county() == COUNTY
    assert not marker.complete()
    marker.note(COUNTY, complete=True)
    assert marker.complete()
