"""Does each alert fire when it should and keep quiet when not? Asked of Prometheus's own tool."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.embedded.prometheus import CONFIGURATION
from services.runtime import metrics

TESTS = ("alerts_test.yml", "alerts_of_days_test.yml")
OWN = {"up"}


def rules(kind: str) -> list[dict[str, Any]]:
    groups = [
        group
        for file in sorted(CONFIGURATION.glob("*.yml"))
        for group in yaml.safe_load(file.read_text()).get("groups", ())
    ]
    return [rule for group in groups for rule in group["rules"] if kind in rule]


def run(promtool: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - fetched by us
        [promtool, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def without_meaning(folder: Path, expression: str) -> Path:
    """Copy the rules, the expression of every alert replaced."""
    shutil.copytree(CONFIGURATION, folder)
    for file in folder.glob("alerts-*.yml"):
        told = yaml.safe_load(file.read_text())
        for rule in told["groups"][0]["rules"]:
            rule["expr"] = expression
            rule.pop("for", None)
            rule.pop("annotations")  # words cost more than the rules
        file.write_text(yaml.safe_dump(told))
    return folder


def failed(printed: str) -> list[str]:
    return re.findall(r'alertname=\\"(\w+)\\"', printed)


def test_prometheus_accepts_configuration_and_rules(promtool: Path) -> None:
    files = [file.name for file in CONFIGURATION.glob("*.yml") if "_test" not in file.name]
    checked = run(promtool, CONFIGURATION, "check", "config", "prometheus.yml")
    assert checked.returncode == 0, checked.stderr
    named = [name for name in files if name != "prometheus.yml"]
    assert run(promtool, CONFIGURATION, "check", "rules", *named).returncode == 0


def test_every_alert_fires_when_it_should_and_keeps_quiet_when_not(promtool: Path) -> None:
    done = run(promtool, CONFIGURATION, "test", "rules", *TESTS)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("expression", ["vector(1) < 0", "vector(1)"], ids=["never", "always"])
def test_the_tests_notice_an_alert_that_never_fires_or_always(
    promtool: Path, tmp_path: Path, expression: str
) -> None:
    folder = without_meaning(tmp_path / "rules", expression)
    done = run(promtool, folder, "test", "rules", *TESTS)
    assert set(failed(done.stdout + done.stderr)) == {rule["alert"] for rule in rules("alert")}


def test_every_alert_says_what_is_wrong_how_bad_it_is_and_where_to_look() -> None:
    for rule in rules("alert"):
        said = rule["annotations"]
        assert said.keys() == {"summary", "description", "runbook_url", "dashboard_url"}
        assert rule["labels"]["severity"] in {"page", "ticket", "practice", "watchdog"}


def test_every_alert_has_a_runbook_and_every_runbook_of_an_alert_is_named() -> None:
    runbooks = CONFIGURATION.parents[1] / "docs" / "runbooks"
    for rule in rules("alert"):
        page = rule["annotations"]["runbook_url"].rpartition("/")[2]
        file, _, anchor = page.partition("#")
        headings = re.findall(r"^## (\w+)$", (runbooks / file).read_text(), re.MULTILINE)
        assert anchor in {heading.lower() for heading in headings}
        assert anchor == rule["alert"].lower()


def test_every_metric_that_a_rule_asks_for_is_counted_by_a_service() -> None:
    source = Path(metrics.__file__).read_text()
    counted = set(re.findall(r'"(rw_[a-z_]+)"', source))
    asked = {
        re.sub(r"_(bucket|count|sum)$", "", name)
        for rule in rules("expr")
        for name in re.findall(r"(?<![\w:])rw_\w+(?![\w:])", rule["expr"])
    }
    assert asked <= counted
    recorded = {rule["record"] for rule in rules("record")}
    used = {name for rule in rules("alert") for name in re.findall(r"\w+:\w+:\w+", rule["expr"])}
    assert used <= recorded
