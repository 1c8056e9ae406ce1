"""What do the measures say? Asked of the dashboards, with the rights of who inserts the figure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import httpx

from services.domain.moments import stamp
from services.responses.settings import Settings
from services.runtime.acting import Others, Refused
from services.runtime.auth import Caller

_SERVICE: Final = "dashboards"
_SECONDS: Final = 20.0
Stated = Mapping[str, Any]
_KEPT: Final = ("numerator", "denominator", "value", "low", "high", "missing", "not_judged")


class NoMeasure(Exception):
    """The dashboards do not answer this: no such measure, or not these filters, or not to them."""


class Measures:
    """The dashboards' measures; `transport` stands in for the network in tests."""

    def __init__(
        self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        urls = {_SERVICE: settings.measures_url}
        key = settings.acting_key_file
        self._others = Others.told(key, "responses", urls, _SECONDS, transport)

    async def listed(self, caller: Caller) -> list[dict[str, Any]]:
        """Return every measure that there is, as the dashboards list it."""
        found = await self._asked(caller, "/api/v1/measures", {})
        measures: list[dict[str, Any]] = found["measures"]
        return measures

    async def answered(self, caller: Caller, measure: str, asked: Stated) -> dict[str, Any]:
        """Return a figure as it is kept: what was answered at `as_of` and `known_at`.

        `asked` are the measure's own parameters. Raises NoMeasure, NotNow.
        """
        return (await self._figure(caller, measure, asked))[0]

    async def compared(self, caller: Caller, measure: str, asked: Stated) -> dict[str, Any]:
        """Return the same with `change`: what the measure says of it beside the period before."""
        figure, answer = await self._figure(caller, measure, asked)
        return {**figure, "change": answer["change"]["period_before"]}

    async def _figure(
        self, caller: Caller, measure: str, asked: Stated
    ) -> tuple[dict[str, Any], Stated]:
        """Return a figure as it is kept, and the whole answer that it is of."""
        query = {
            name: stamp(value) if isinstance(value, datetime) else str(value)
            for name, value in asked.items()
            if value is not None
        }
        answer = await self._asked(caller, f"/api/v1/measures/{measure}", query)
        moments = {"as_of", "known_at"}
        kept = {name: said for name, said in query.items() if name not in moments}
        return frozen(answer, kept), answer

    async def close(self) -> None:
        """Let go of what is open."""
        await self._others.close()

    async def _asked(self, caller: Caller, path: str, query: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
        try:
            told = await self._others.ask(caller, "GET", path, service=_SERVICE, params=query)
        except Refused:
            raise NoMeasure from None
        return told.content


def frozen(answer: Stated, asked: Mapping[str, str]) -> dict[str, Any]:
    """Take from an answer what a response keeps of it; nothing is worked out here.

    Raises NoMeasure where nothing has been published yet: it would be frozen as nothing.
    """
    if answer["basis"] == "release" and answer["release"] is None:
        raise NoMeasure
    measure = answer["measure"]
    rows = [{"label": "All", **_row(answer["total"])}]
    rows += [
        {"label": _label(one["group"], answer["names"]), **_row(one)} for one in answer["rows"]
    ]
    return {
        "measure": measure["id"],
        "version": measure["version"],
        "title": measure["title"],
        "direction": measure["direction"],
        "definition": f"{measure['denominator']}; {measure['numerator']}.",
        "asked": {**asked, "from": answer["from"], "to": answer["to"]},
        "filters": answer["only"],
        "by": answer["by"],
        "from": answer["from"],
        "to": answer["to"],
        "as_of": answer["as_of"],
        "known_at": answer["known_at"],
        "release": None if answer["release"] is None else answer["release"]["number"],
        "rows": rows,
        "before": {"label": "The period before", **_row(answer["period_before"])},
        "notes": [
            answer["note"],
            answer["suppression"]["why"],
            *_of_groups(answer),
            *measure["limits"],
        ],
    }


def _of_groups(answer: Stated) -> list[str]:
    """Say of which months the groups are, where they are of fewer than all."""
    months = answer.get("rows_period")
    if not answer["rows"] or months is None:
        return []
    if (months["from"], months["to"]) == (answer["from"], answer["to"]):
        return []
    return [f"The groups are of the months from {months['from']} to {months['to']} alone."]


def _label(group: Mapping[str, str], names: Mapping[str, Mapping[str, str]]) -> str:
    """Name a group in words, where its codes have any."""
    return ", ".join(names.get(by, {}).get(code, code) for by, code in group.items())


def _row(figure: Stated) -> dict[str, Any]:
    return {name: figure[name] for name in _KEPT}
