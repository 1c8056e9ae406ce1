"""How is a dashboard written for Grafana? Every question as a curve and, beside it, as a table.

A table says the same to who cannot see curves or colours, and gives the number itself.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from deploy.grafana.boards import OVERVIEW, Board, Question, lessons
from deploy.grafana.machinery import SERVICES, STREAMS

FOLDER: Final = Path(__file__).with_name("dashboards")
SOURCE: Final = {"type": "prometheus", "uid": "referral-watch"}
SCHEMA: Final = 39
"""The version of Grafana's dashboards (10.1) that these are; later ones read them."""

HEIGHT: Final = 8
CURVE, TABLE = 16, 8
"""Of Grafana's 24 columns."""


def boards() -> list[Board]:
    """Return every dashboard."""
    return [OVERVIEW, *lessons(), SERVICES, STREAMS]


def dashboard(board: Board) -> dict[str, Any]:
    """Return a dashboard as Grafana reads it."""
    return {
        "uid": board.uid,
        "title": board.title,
        "description": board.tells,
        "tags": ["referral-watch"],
        "schemaVersion": SCHEMA,
        "version": 1,
        "editable": False,
        "timezone": "Europe/London",
        "refresh": "1m",
        "time": {"from": "now-24h", "to": "now"},
        "templating": {"list": []},
        "annotations": {"list": []},
        "links": [
            {
                "type": "dashboards",
                "title": "Referral Watch",
                "tags": ["referral-watch"],
                "asDropdown": True,
                "includeVars": False,
                "keepTime": True,
            }
        ],
        "panels": list(_panels(board)),
    }


def _panels(board: Board) -> Iterator[dict[str, Any]]:
    for row, question in enumerate(board.questions):
        top = row * HEIGHT
        yield _curve(question, 2 * row + 1, {"h": HEIGHT, "w": CURVE, "x": 0, "y": top})
        yield _table(question, 2 * row + 2, {"h": HEIGHT, "w": TABLE, "x": CURVE, "y": top})


def _curve(question: Question, number: int, place: dict[str, int]) -> dict[str, Any]:
    target = {"refId": "A", "datasource": SOURCE, "expr": question.expr, "range": True}
    return {
        "id": number,
        "type": "timeseries",
        "title": question.title,
        "description": question.tells,
        "datasource": SOURCE,
        "gridPos": place,
        "targets": [target | {"legendFormat": question.legend}],
        "fieldConfig": {
            "defaults": {"unit": question.unit, "min": 0, "custom": {"lineWidth": 2}},
            "overrides": [],
        },
        "options": {
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
    }


def _table(question: Question, number: int, place: dict[str, int]) -> dict[str, Any]:
    target = {"refId": "A", "datasource": SOURCE, "expr": question.expr, "range": False}
    return {
        "id": number,
        "type": "table",
        "title": f"{question.title}: now",
        "description": question.tells,
        "datasource": SOURCE,
        "gridPos": place,
        "targets": [target | {"instant": True, "format": "table"}],
        "transformations": [
            {"id": "organize", "options": {"excludeByName": {"Time": True, "__name__": True}}}
        ],
        "fieldConfig": {"defaults": {"unit": question.unit}, "overrides": []},
        "options": {"showHeader": True},
    }


def text(board: Board) -> str:
    """Return a dashboard's file."""
    return json.dumps(dashboard(board), indent=2, ensure_ascii=False) + "\n"


def write() -> None:
    """Write every dashboard's file, and take away what is none any more."""
    FOLDER.mkdir(exist_ok=True)
    wanted = {f"{board.uid}.json": text(board) for board in boards()}
    for file in FOLDER.glob("*.json"):
        if file.name not in wanted:
            file.unlink()
    for name, said in wanted.items():
        (FOLDER / name).write_text(said, encoding="utf-8")
