"""Does each alert reach whom it should, and is what another explains left out?"""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.embedded import prometheus
from tests.monitoring.test_alerts import TESTS, rules

FILE = prometheus.CONFIGURATION.parent / "alertmanager" / "alertmanager.yml"
TOLD = yaml.safe_load(FILE.read_text())
RECEIVERS = {
    "page": "on-call",
    "ticket": "tickets",
    "practice": "safeguarding-lead",
    "watchdog": "watchdog",
}


@pytest.fixture(scope="module")
def amtool(promtool: Path) -> Path:
    return promtool.with_name("amtool")


def run(amtool: Path, *arguments: str | Path) -> str:
    done = subprocess.run(  # noqa: S603 - fetched by us
        [amtool, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def test_amtool_accepts_the_configuration(amtool: Path) -> None:
    assert "SUCCESS" in run(amtool, "check-config", FILE)


@pytest.mark.parametrize(("severity", "receiver"), RECEIVERS.items())
def test_each_severity_has_its_receiver(amtool: Path, severity: str, receiver: str) -> None:
    found = run(amtool, "config", "routes", "test", f"--config.file={FILE}", f"severity={severity}")
    assert found == receiver


def test_every_severity_of_an_alert_is_routed() -> None:
    assert {rule["labels"]["severity"] for rule in rules("alert")} == RECEIVERS.keys()


def test_what_is_missed_when_it_stops_comes_day_and_night_every_few_minutes() -> None:
    (route,) = (one for one in TOLD["route"]["routes"] if one["receiver"] == "watchdog")
    assert route["repeat_interval"] == "5m"
    assert "active_time_intervals" not in route
    (told,) = (one for one in TOLD["receivers"] if one["name"] == "watchdog")
    (mail,) = told["email_configs"]
    assert not mail.get("send_resolved", False)  # silence is the alarm


def test_only_pages_come_at_night_and_none_of_them_again_within_hours() -> None:
    for route in TOLD["route"]["routes"]:
        if route["receiver"] == "watchdog":
            continue
        if route["receiver"] == "on-call":
            assert "active_time_intervals" not in route
            assert route["repeat_interval"] == "4h"
        else:
            assert route["repeat_interval"] in {"1d", "3d"}


def _names(matchers: list[str]) -> set[str]:
    (matcher,) = matchers
    return set(matcher.split('"')[1].split("|"))


def test_what_is_left_out_and_what_explains_it_are_alerts_that_there_are() -> None:
    known = {rule["alert"] for rule in rules("alert")}
    for rule in TOLD["inhibit_rules"]:
        assert _names(rule["source_matchers"]) | _names(rule["target_matchers"]) <= known


def _labels() -> dict[str, set[str]]:
    """Say which labels each alert has when it fires, as the tests of the alerts expect them."""
    found: dict[str, set[str]] = {}
    for file in TESTS:
        for case in yaml.safe_load((prometheus.CONFIGURATION / file).read_text())["tests"]:
            for sample in case["promql_expr_test"][0]["exp_samples"]:
                labels = dict(re.findall(r'(\w+)="([^"]*)"', sample["labels"]))
                found[labels["alertname"]] = labels.keys() - {"alertname", "alertstate"}
    return found


@pytest.mark.parametrize("rule", TOLD["inhibit_rules"], ids=lambda rule: rule["source_matchers"][0])
def test_what_must_be_equal_is_a_label_of_both_else_everything_were_left_out(
    rule: dict[str, Any],
) -> None:
    labels = _labels()
    for name in _names(rule["source_matchers"]) | _names(rule["target_matchers"]):
        assert set(rule.get("equal", [])) <= labels[name], name
