"""Who is told by `GET /api/v1/silence` that a feed has gone quiet? On a real Postgres."""

from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from services.dashboards import silence
from services.domain.moments import stamp
from services.domain.silence import Feed, Finding
from services.runtime import clock
from tests.services.conftest import Pool
from tests.services.dashboards.conftest import Ask
from tests.services.dashboards.put import put

PATH = "/api/v1/silence"
HOUR = timedelta(hours=1)


async def five_weeks(pool: Pool, agency: str, *, quiet_hours: int, unit: str = "response") -> None:
    """An agency has sent an event an hour, and then nothing for some hours."""
    now = clock.now()
    for each in range(quiet_hours, 5 * 168):
        at = stamp(now - each * HOUR)
        facts = {"practitioner": {"staff_ref": "s", "role": "constable", "unit": unit}}
        await put(pool, f"{agency}-{each}", agency=agency, at=at, facts=facts, kind="x.v1")


async def feeds(ask: Ask, persona: str) -> dict[tuple[str, str | None], Any]:
    answer = await ask(persona, PATH)
    assert answer.status_code == 200, answer.text
    return {(one["agency"], one["unit"]): one for one in answer.json()["feeds"]}


async def test_who_has_gone_quiet_is_told_to_who_may_know(ask: Ask, chronology_pool: Pool) -> None:
    await five_weeks(chronology_pool, "norfolk-police", quiet_hours=30)
    await five_weeks(chronology_pool, "norfolk-csc", quiet_hours=1, unit="front-door")
    await five_weeks(chronology_pool, "referral-watch", quiet_hours=30, unit="other")
    await five_weeks(chronology_pool, "nobody-knows", quiet_hours=30)
    everything = await feeds(ask, "administrator")
    assert {feed: one["state"] for feed, one in everything.items()} == {
        ("norfolk-csc", None): "usual",
        ("norfolk-csc", "front-door"): "usual",
        ("norfolk-police", None): "silent",
        ("norfolk-police", "response"): "silent",
        ("referral-watch", None): "silent",
        ("referral-watch", "other"): "silent",
    }
    assert everything["norfolk-police", None]["expected_since"] == pytest.approx(29, abs=1)
    near = {agency for agency, _ in await feeds(ask, "qa-reviewer")}
    assert near == {"norfolk-police", "norfolk-csc"}
    assert {agency for agency, _ in await feeds(ask, "police-supervisor")} == {"norfolk-police"}


@pytest.mark.parametrize("persona", ["norfolk-police", "norfolk-csc", "pcc-analyst", "pcc-editor"])
async def test_others_are_refused(ask: Ask, persona: str) -> None:
    assert (await ask(persona, PATH)).status_code == 403


async def test_nobody_is_answered_without_a_token(ask: Ask) -> None:
    assert (await ask(None, PATH)).status_code == 401


async def test_where_nothing_was_ever_sent_nothing_is_said(ask: Ask) -> None:
    assert await feeds(ask, "administrator") == {}


def test_the_gauges_tell_of_each_agency_as_a_whole() -> None:
    def finding(agency: str, unit: str | None, state: Any) -> Finding:  # noqa: ANN401 - a literal
        return Finding(Feed(agency, unit), state, None, 1.0, 1.0, 1.0, 0, 1.0)

    silence.show(
        [
            finding("norfolk-police", None, "silent"),
            finding("norfolk-csc", None, "jump"),
            finding("norfolk-csc", "front-door", "silent"),
        ]
    )

    def gauge(name: str, agency: str) -> float | None:
        return REGISTRY.get_sample_value(name, {"agency": agency})

    assert (gauge("rw_feed_silent", "norfolk-police"), gauge("rw_feed_silent", "norfolk-csc")) == (
        1,
        0,
    )
    assert (gauge("rw_feed_jump", "norfolk-police"), gauge("rw_feed_jump", "norfolk-csc")) == (0, 1)
