"""How do tests speak to a running stack as the agencies do?"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx

from services.domain.events import Key

BATCH = "application/cloudevents-batch+json"
SINGLE = "application/cloudevents+json"


@dataclass
class Agencies:
    """A client for each persona of a stack's endpoints; keeps every receipt that it was given."""

    endpoints: Mapping[str, Any]
    receipts: dict[Key, str] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        self._client = httpx.AsyncClient(timeout=30)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    def bearer(self, persona: str) -> dict[str, str]:
        """The header that makes a call a persona's."""
        return {"Authorization": f"Bearer {self.endpoints['tokens'][persona]}"}

    async def post(self, event: Mapping[str, Any], **query: str) -> httpx.Response:
        """Post one event as the agency in its source; its receipt is kept."""
        answer = await self._client.post(
            f"{self.endpoints['intake']}/v1/events",
            json=event,
            params=query,
            headers=self.bearer(_agency(event)) | {"Content-Type": SINGLE},
        )
        if answer.status_code in (200, 202) and not query:
            self.receipts[event["source"], event["id"]] = answer.json()["receipt"]
        return answer

    async def insist(self, event: Mapping[str, Any]) -> None:
        """Post as an agency does: what was not answered, or not taken in, is sent again."""
        while True:
            try:
                if (await self.post(event)).status_code in (200, 202):
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.2)

    async def post_all(self, events: Sequence[Mapping[str, Any]], size: int = 200) -> None:
        """Post events in batches, each by its own agency; every one must be accepted."""
        by_agency: dict[str, list[Mapping[str, Any]]] = {}
        for event in events:
            by_agency.setdefault(_agency(event), []).append(event)
        for agency, own in by_agency.items():
            for start in range(0, len(own), size):
                await self._post_batch(agency, own[start : start + size])

    async def _post_batch(self, agency: str, batch: Sequence[Mapping[str, Any]]) -> None:
        answer = await self._client.post(
            f"{self.endpoints['intake']}/v1/events",
            json=list(batch),
            headers=self.bearer(agency) | {"Content-Type": BATCH},
        )
        assert answer.status_code == 200, answer.text
        for result in answer.json()["receipts"]:
            assert result["outcome"] in ("accepted", "duplicate"), result
            self.receipts[result["source"], result["id"]] = result["receipt"]

    async def get(
        self, path: str, persona: str, *, of: str = "dashboards", **query: str
    ) -> httpx.Response:
        """Read something of a service as a persona."""
        return await self._client.get(
            f"{self.endpoints[of]}{path}", params=query, headers=self.bearer(persona)
        )

    async def ask(self, method: str, path: str, persona: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - as httpx takes it
        """Ask intake for anything else as a persona."""
        return await self._client.request(
            method, f"{self.endpoints['intake']}{path}", headers=self.bearer(persona), **more
        )

    async def gaps(self, persona: str = "qa-reviewer", **query: str) -> list[dict[str, Any]]:
        """Read every page of the gaps that a persona may see."""
        items: list[dict[str, Any]] = []
        page: dict[str, Any] = {"next": ""}
        while page["next"] is not None:
            cursor = {"cursor": page["next"]} if page["next"] else {}
            answer = await self.get("/api/v1/gaps", persona, **query, **cursor)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            items += page["items"]
        return items

    async def settled(self, within: float = 120) -> None:
        """Wait until every receipt kept so far is judged.

        Raises:
            AssertionError: some are not in that time; says at which stage how many stand.

        """
        waiting = {receipt: key[0].split("/")[1] for key, receipt in self.receipts.items()}
        stages: dict[str, int] = {}
        deadline = asyncio.get_running_loop().time() + within
        while waiting and asyncio.get_running_loop().time() < deadline:
            stages = {}
            for agency in set(waiting.values()):
                own = [receipt for receipt, of in waiting.items() if of == agency]
                for receipt, stage in await self._stages(agency, own):
                    stages[stage] = stages.get(stage, 0) + 1
                    if stage == "judged":
                        del waiting[receipt]
            if waiting:
                await asyncio.sleep(0.2)
        assert not waiting, f"{len(waiting)} not judged: {stages}"

    async def _stages(self, agency: str, receipts: Sequence[str]) -> Iterable[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for start in range(0, len(receipts), 400):
            answer = await self.get(
                "/v1/receipts",
                agency,
                of="intake",
                receipts=",".join(receipts[start : start + 400]),
            )
            assert answer.status_code == 200, answer.text
            found += [(item["receipt"], item["stage"]) for item in answer.json()["items"]]
        return found


def _agency(event: Mapping[str, Any]) -> str:
    return str(event["source"]).split("/")[1]
