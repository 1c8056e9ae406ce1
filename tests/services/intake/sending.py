"""Invented events, and somebody who sends them."""

# ruff: noqa: ANN401 - what a test adds to a request or an event may be anything
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
_numbers = itertools.count(1)

Event = dict[str, Any]


@dataclass(frozen=True)
class Sender:
    """An agency (or one of its people) at intake's door."""

    http: httpx.AsyncClient
    agency: str
    token: str

    async def post(self, event: Event, **more: Any) -> httpx.Response:
        return await self.send(json.dumps(event).encode(), STRUCTURED, **more)

    async def batch(self, events: Sequence[Any], **more: Any) -> httpx.Response:
        return await self.send(json.dumps(events).encode(), BATCH, **more)

    async def send(self, body: bytes, media: str = STRUCTURED, **more: Any) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": media,
            **more.pop("headers", {}),
        }
        path = more.pop("path", "/v1/events")
        return await self.http.post(path, content=body, headers=headers, **more)

    async def get(self, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return await self.http.get(path, headers=headers, **more)


def child(**more: Any) -> dict[str, Any]:
    return {"local_id": "P-1", "date_of_birth": "2010-02-11", "sex": "M"} | more


def event(agency: str, kind: str, body: dict[str, Any], **more: Any) -> Event:
    return {
        "specversion": "1.0",
        "source": f"/{agency}/records",
        "id": f"e-{next(_numbers)}",
        "type": kind,
        "time": "2026-03-03T22:10:00Z",
        "data": {"child": child(), "practitioner": {"ref": "PC-7", "role": "investigator"}} | body,
    } | more


def detention(custody_ref: str = "C-1", agency: str = "norfolk-police", **more: Any) -> Event:
    body = {"custody_ref": custody_ref, "child": more.pop("child", child())}
    return event(agency, "police.child-detained.v1", body, **more)


def referral(referral_ref: str = "R-1", agency: str = "norfolk-police", **more: Any) -> Event:
    body = {
        "child": more.pop("child", child()),
        "referral_ref": referral_ref,
        "sent_to": "E10000020",
        "urgency": "standard",
        "harms": ["knife"],
        "reason": {"why": more.pop("why", "He was found with a knife at the park.")},
    }
    return event(agency, "referral.made.v1", body, **more)


def amendment(referral_ref: str = "R-1", agency: str = "norfolk-police", **more: Any) -> Event:
    body = {
        "referral_ref": referral_ref,
        "urgency": "immediate",
        "child": more.pop("child", child()),
    }
    return event(agency, "referral.amended.v1", body, **more)


def retraction(target: Event, agency: str = "norfolk-police", **more: Any) -> Event:
    body = {
        "child": more.pop("child", child()),
        "retracts": {"source": target["source"], "id": target["id"]},
        "reason": "entered against the wrong child",
    }
    return event(agency, "event.retracted.v1", body, **more)


def not_referred(triggers: list[str], agency: str = "norfolk-police", **more: Any) -> Event:
    body = {"child": more.pop("child", child()), "triggers": triggers, "reason": "Known already."}
    return event(agency, "no-referral.decided.v1", body, **more)


def training(agency: str = "norfolk-police", ref: str = "PC-7") -> Event:
    made = event(agency, "training.completed.v1", {})
    made["data"] = {
        "practitioner": {"ref": ref, "role": "investigator", "unit": "custody"},
        "course": "child-vulnerability",
        "completed_on": "2026-01-10",
    }
    return made
