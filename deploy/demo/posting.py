"""How do the agencies post their year, and when has the last event been judged?"""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from deploy.demo.truth import Written
from services.runtime import clock

BATCH = 500
_BATCH_TYPE = "application/cloudevents-batch+json"
_NOT_NOW = frozenset({429, 503})
_ATTEMPTS = 40
_PAUSE_SECONDS = 1.0


class Refused(Exception):
    """The stack would not take what the demo posts; the sentence says why."""


@dataclass(slots=True)
class Posted:
    """What became of what was posted: outcomes counted, receipts by agency, faults by code."""

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    receipts: dict[str, list[str]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many events have been answered for."""
        return sum(self.outcomes.values())


class Agencies:
    """The five agencies at work on one stack, each with its own token and its own pace."""

    def __init__(self, client: httpx.AsyncClient, endpoints: dict[str, Any]) -> None:
        self._client = client
        self._intake = str(endpoints["intake"]).rstrip("/")
        self._tokens: dict[str, str] = endpoints["tokens"]
        self.posted = Posted()

    async def post(self, year: Written) -> Posted:
        """Post the year: agencies side by side, each agency's events in order, with progress.

        Raises:
            Refused: intake would not have it.

        """
        started = clock.monotonic()
        progress = asyncio.create_task(self._report("posted", year.total, started))
        try:
            async with asyncio.TaskGroup() as group:
                for agency, events in year.by_agency.items():
                    group.create_task(self._post_all(agency, events))
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        finally:
            progress.cancel()
        _say("posted", self.posted.total, year.total, started)
        return self.posted

    async def wait_until_judged(self, patience_seconds: float) -> None:
        """Return when every receipt is judged; raise Refused when none moves on for that long."""
        started = clock.monotonic()
        left = {agency: list(receipts) for agency, receipts in self.posted.receipts.items()}
        total, moved_at = _count(left), started
        spoken_at = 0.0
        while any(left.values()):
            before = _count(left)
            for agency, receipts in left.items():
                await self._drop_judged(agency, receipts)
            now = clock.monotonic()
            if _count(left) < before:
                moved_at = now
            elif now - moved_at > patience_seconds:
                raise Refused(f"{_count(left)} receipts are not judged, and none moved lately.")
            else:
                await asyncio.sleep(_PAUSE_SECONDS)
            if now - spoken_at >= _PAUSE_SECONDS:
                spoken_at = now
                _say("judged", total - _count(left), total, started)
        _say("judged", total, total, started)

    async def _post_all(self, agency: str, events: Sequence[bytes]) -> None:
        receipts = self.posted.receipts.setdefault(agency, [])
        for start in range(0, len(events), BATCH):
            body = b"[" + b",".join(events[start : start + BATCH]) + b"]"
            for item in await self._post_batch(agency, body):
                self.posted.outcomes[item["outcome"]] += 1
                if item["outcome"] == "rejected":
                    self._note_faults(item)
                else:
                    receipts.append(item["receipt"])

    def _note_faults(self, item: dict[str, Any]) -> None:
        for error in item.get("errors", []):
            self.posted.faults[f"{item['status']} {error['code']} {error['pointer']}"] += 1

    async def _post_batch(self, agency: str, body: bytes) -> list[dict[str, Any]]:
        headers = {**self._as(agency), "Content-Type": _BATCH_TYPE}
        url = f"{self._intake}/v1/events"
        answer = await self._patiently("POST", url, headers=headers, content=body)
        return list(answer.json()["receipts"])

    async def _drop_judged(self, agency: str, receipts: list[str]) -> None:
        """Take what is judged out of an agency's receipts: front to back, while it goes on."""
        while receipts:
            asked = receipts[:BATCH]
            judged = await self._judged(agency, asked)
            receipts[: len(asked)] = [each for each in asked if each not in judged]
            if len(judged) < len(asked):
                return

    async def _judged(self, agency: str, receipts: Sequence[str]) -> set[str]:
        url = f"{self._intake}/v1/receipts"
        wanted = {"receipts": ",".join(receipts)}
        answer = await self._patiently("GET", url, headers=self._as(agency), params=wanted)
        return {each["receipt"] for each in answer.json()["items"] if each["stage"] == "judged"}

    async def _patiently(self, method: str, url: str, **request: Any) -> httpx.Response:  # noqa: ANN401
        """Ask until there is an answer other than "not now"; honours Retry-After.

        Raises:
            Refused: a refusal for good, or nothing but "not now" for very long.

        """
        for attempt in range(_ATTEMPTS):
            try:
                answer = await self._client.request(method, url, **request)
            except httpx.TransportError:
                await asyncio.sleep(min(attempt + 1, 10))
                continue
            if answer.status_code == httpx.codes.OK:
                return answer
            if answer.status_code not in _NOT_NOW:
                raise Refused(f"{method} {httpx.URL(url).path} was answered {answer.status_code}.")
            await asyncio.sleep(_retry_after(answer))
        raise Refused(f"{method} {httpx.URL(url).path}: not now, {_ATTEMPTS} times.")

    def _as(self, agency: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens[agency]}"}

    async def _report(self, what: str, total: int, started: float) -> None:
        while True:
            await asyncio.sleep(_PAUSE_SECONDS)
            _say(what, self.posted.total, total, started)


def _count(left: dict[str, list[str]]) -> int:
    return sum(len(receipts) for receipts in left.values())


def _retry_after(answer: httpx.Response) -> float:
    stated = answer.headers.get("Retry-After", "")
    return float(stated) if stated.isdigit() else _PAUSE_SECONDS


def _say(what: str, done: int, total: int, started: float) -> None:
    seconds = clock.monotonic() - started
    print(f"  {what} {done:,} of {total:,} events  {seconds:.0f} s", flush=True)


def read_endpoints(text: str) -> dict[str, Any]:
    """Read .run/endpoints.json."""
    return dict(json.loads(text))
