"""The dashboards' measures, as they answer: a fake that counts by as_of and known_at alone."""

from typing import Any

import httpx

from services.dashboards.measure_reading import changed
from services.domain.measures.catalogue import MEASURES
from services.runtime.contracts import Contracts
from services.runtime.settings import REPOSITORY

DEFINITION: dict[str, Any] = {
    "id": "referral.in-time-after-custody", "version": 1, "title": "Referrals made in time",
    "lesson": "1", "denominator": "children detained", "direction": "good", "rule": None,
    "numerator": "of these, those for whom a referral was made", "day": "due", "owner": "PCC",
    "targets": [], "limits": ["An incident is counted once."], "changes": [],
}  # fmt: skip


def figure(met: int, units: int) -> dict[str, Any]:
    share = met / units
    return {
        "numerator": met, "denominator": units, "value": share, "low": share - 0.02,
        "high": share + 0.02, "missing": 0, "not_judged": 0, "suppressed": False,
    }  # fmt: skip


HIDDEN = {
    **dict.fromkeys(("numerator", "denominator", "value", "low", "high", "missing"), "c"),
    "not_judged": 0,
}


class Dashboards(httpx.AsyncBaseTransport):
    """Answers as the dashboards do; `met` of 1,000 now, `before` of 1,000 in the period before."""

    def __init__(self) -> None:
        self.met, self.before, self.away, self.released = 600, 700, False, True
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.away:
            raise httpx.ConnectError("away")
        if request.url.path == "/api/v1/measures":
            return httpx.Response(200, json={"measures": [DEFINITION]})
        if not request.url.path.endswith(str(DEFINITION["id"])):
            return httpx.Response(404)
        return httpx.Response(200, json=self._answer(dict(request.url.params)))

    def _change(self) -> dict[str, Any]:
        found = changed(
            figure(self.met, 1000), figure(self.before, 1000), MEASURES[DEFINITION["id"]],
            Contracts.load(REPOSITORY / "schemas").reading(), "the period before",
        )  # fmt: skip
        return {"period_before": found, "year_before": found}

    def _answer(self, query: dict[str, str]) -> dict[str, Any]:
        known = query.get("known_at", "2026-11-26T12:00:00Z")
        return {
            "measure": DEFINITION, "basis": "release", "marking": "", "note": "Not official.",
            "from": query["from"], "to": query["to"], "by": query.get("by", "").split(",")[:1],
            "only": {name: query[name] for name in ("agency",) if name in query},
            "as_of": query.get("as_of", known), "known_at": known,
            "release": {"number": 7} if self.released else None,
            "total": figure(self.met, 1000), "period_before": figure(self.before, 1000),
            "year_before": figure(self.before, 1000), "months": [], "change": self._change(),
            "rows": [{"group": {"unit": "custody"}, **HIDDEN}] if "by" in query else [],
            "names": {"unit": {"custody": "Custody"}},
            "rows_period": {"from": query["from"], "to": "2025-09"} if "by" in query else None,
            "suppression": {"applied": True, "why": "Small numbers are hidden."},
        }  # fmt: skip
