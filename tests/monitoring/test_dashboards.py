"""Does every dashboard parse, stand as Grafana reads it, and ask only for what is counted?"""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy import metrics_page
from deploy.grafana import writing
from tests.monitoring.test_alerts import rules

FILES = sorted(writing.FOLDER.glob("*.json"))
PROVISIONING = writing.FOLDER.parent / "provisioning"
NOT_OURS = {"up", "process_resident_memory_bytes", "process_cpu_seconds_total"}
HISTOGRAM = ("_bucket", "_sum", "_count")
PANEL = {"id": int, "type": str, "title": str, "description": str, "targets": list,
         "datasource": dict, "gridPos": dict, "fieldConfig": dict, "options": dict}  # fmt: skip
DASHBOARD = {"uid": str, "title": str, "description": str, "tags": list, "schemaVersion": int,
             "panels": list, "time": dict, "templating": dict, "annotations": dict}  # fmt: skip
each = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def read(file: Path) -> dict[str, Any]:
    return dict(json.loads(file.read_text()))


def expressions() -> Iterator[str]:
    for file in FILES:
        for panel in read(file)["panels"]:
            yield from (target["expr"] for target in panel["targets"])


def test_the_files_are_what_the_questions_say_now() -> None:
    wanted = {f"{board.uid}.json": writing.text(board) for board in writing.boards()}
    assert {file.name: file.read_text() for file in FILES} == wanted, "`make manifests` writes them"


@each
def test_a_dashboard_has_what_grafana_reads_of_the_kind_it_reads(file: Path) -> None:
    found = read(file)
    assert {name: type(found[name]) for name in DASHBOARD} == DASHBOARD
    for panel in found["panels"]:
        assert {name: type(panel[name]) for name in PANEL} == PANEL
        assert panel["gridPos"].keys() == {"h", "w", "x", "y"}
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
        assert all(target["datasource"] == panel["datasource"] for target in panel["targets"])
    ids = [panel["id"] for panel in found["panels"]]
    assert len(set(ids)) == len(ids)


@each
def test_every_curve_is_paired_with_a_table_of_the_same_and_both_say_what_they_tell(
    file: Path,
) -> None:
    panels = read(file)["panels"]
    curves = [panel for panel in panels if panel["type"] == "timeseries"]
    tables = [panel for panel in panels if panel["type"] == "table"]
    assert len(curves) == len(tables) == len(panels) / 2
    for curve, table in zip(curves, tables, strict=True):
        assert [t["expr"] for t in curve["targets"]] == [t["expr"] for t in table["targets"]]
        assert curve["gridPos"]["y"] == table["gridPos"]["y"]
        assert len(curve["description"]) > 10
        assert len(table["description"]) > 10


def test_uids_are_unique_and_every_alert_leads_to_one() -> None:
    uids = [read(file)["uid"] for file in FILES]
    assert len(set(uids)) == len(uids)
    for rule in rules("alert"):
        assert rule["annotations"]["dashboard_url"].rpartition("/")[2] in uids


def test_dashboards_ask_the_source_that_is_provisioned_and_are_found_where_it_says() -> None:
    (source,) = yaml.safe_load((PROVISIONING / "datasources" / "prometheus.yml").read_text())[
        "datasources"
    ]
    assert (source["uid"], source["type"]) == (writing.SOURCE["uid"], writing.SOURCE["type"])
    (provider,) = yaml.safe_load((PROVISIONING / "dashboards" / "referral-watch.yml").read_text())[
        "providers"
    ]
    compose = yaml.safe_load((writing.FOLDER.parents[2] / "docker-compose.yml").read_text())
    mounted = f"./deploy/grafana/dashboards:{provider['options']['path']}:ro"
    assert mounted in compose["services"]["grafana"]["volumes"]


def test_every_expression_parses(promtool: Path, tmp_path: Path) -> None:
    file = tmp_path / "asked.yml"
    asked = [
        {"record": f"asked:number:{number}", "expr": expression}
        for number, expression in enumerate(dict.fromkeys(expressions()))
    ]
    file.write_text(yaml.safe_dump({"groups": [{"name": "asked", "rules": asked}]}))
    done = subprocess.run(  # noqa: S603 - fetched by us
        [promtool, "check", "rules", file], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(asked)} rules found" in done.stdout


def named(expression: str) -> set[str]:
    """Name the metrics and recorded series that an expression asks for."""
    recorded = set(re.findall(r"[a-z_]+:[a-z_]+:\w+", expression))
    without = re.sub(
        r"[a-z_]+:[a-z_]+:\w+|\{[^}]*\}|\[[^\]]*\]|by \([^)]*\)|without \([^)]*\)", " ", expression
    )
    return recorded | set(re.findall(r"\b(?:rw_\w+|process_\w+|up)\b", without))


def test_every_expression_names_what_is_counted_or_recorded() -> None:
    known = {rule["record"] for rule in rules("record")} | NOT_OURS
    for one in metrics_page.described():
        known |= {one.name} if one.kind != "histogram" else {one.name + end for end in HISTOGRAM}
    for expression in expressions():
        asked = named(expression)
        assert asked, expression
        assert asked <= known, expression


def test_every_metric_of_practice_is_on_a_dashboard_directly_or_recorded() -> None:
    everything = " ".join([*expressions(), *(rule["expr"] for rule in rules("record"))])
    practice = ("gaps", "practice", "reviews", "triggers", "referrals", "handled", "responses")
    for one in metrics_page.described():
        if one.name.removeprefix("rw_").split("_")[0] in practice:
            assert one.name in everything


@each
def test_grafanas_own_reader_knows_all_that_a_dashboard_says(file: Path) -> None:
    register_default_plugins()
    stated = read(file)
    understood = json.loads(json.dumps(Dashboard.from_json(stated), cls=JSONEncoder))
    assert list(lost(stated, understood)) == []


def lost(stated: object, understood: object, place: str = "") -> Iterator[str]:
    """The places of what Grafana's reader left out or took for something else."""
    if isinstance(stated, dict) and isinstance(understood, dict):
        for name, value in stated.items():
            yield from lost(value, understood.get(name), f"{place}/{name}")
    elif isinstance(stated, list) and isinstance(understood, list):
        for number, value in enumerate(stated):
            within = understood[number] if number < len(understood) else None
            yield from lost(value, within, f"{place}/{number}")
    elif stated != understood:
        yield place
