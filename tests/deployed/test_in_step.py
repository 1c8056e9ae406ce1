"""Do compose, the embedded stack and the catalogue name the same services, topics and settings?"""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy import told
from deploy.containers import compose
from deploy.embedded.kafka import Broker
from deploy.embedded.places import PROJECT, Places
from deploy.embedded.postgres import SETTINGS
from deploy.embedded.processes import DEFAULT_PORTS, PROCESSES, SERVICES
from deploy.embedded.programs import MAIL, Here
from services.runtime.contracts import Contracts

COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
DOCKERFILE = PROJECT / "deploy" / "Dockerfile"
OTHERS = {
    *("postgres", "kafka", "prepare"),
    *("keycloak", "prometheus", "alertmanager", "grafana", "mail"),
}
HADOLINT = PROJECT / ".venv" / "bin" / "hadolint"


def test_compose_is_made_from_the_catalogue_as_it_is_now() -> None:
    told_again = "`make manifests` writes it again"
    assert compose.FILE.read_text() == compose.text(), told_again
    assert compose.TARGETS.read_text() == compose.targets(), told_again


def test_compose_runs_every_process_of_the_catalogue_and_names_what_it_lacks() -> None:
    entries = COMPOSE["services"]
    assert {p.name for p in PROCESSES} == entries.keys() - OTHERS
    for process in PROCESSES:
        assert entries[process.name]["command"] == [process.module]


def test_every_process_answers_on_the_same_port_everywhere() -> None:
    for process in PROCESSES:
        entry = COMPOSE["services"][process.name]
        face = "RW_HTTP_PORT" if process.serves else "RW_STATUS_PORT"
        assert entry["environment"][face] == str(DEFAULT_PORTS[process.name])
        published = [f"127.0.0.1:{DEFAULT_PORTS[process.name]}:{DEFAULT_PORTS[process.name]}"]
        assert entry.get("ports") == (published if process.serves else None)


def test_a_container_is_told_what_a_process_of_this_machine_is(tmp_path: Path) -> None:
    places = Places(tmp_path)
    places.make()
    here = Here(places, DEFAULT_PORTS, Broker(tmp_path, "kafka.jar", 9092, 9093))
    for process in PROCESSES:
        entry = COMPOSE["services"][process.name]
        mail = set(MAIL) - compose.SECRET if process.role == "alerts" else set()
        assert entry["environment"].keys() == told.told(process, here).keys() | mail
        assert {"source": compose.dsn(process.role), "target": "rw_postgres_dsn"} == entry[
            "secrets"
        ][0]


def test_nothing_secret_is_said_but_in_files() -> None:
    assert set(COMPOSE["secrets"]) == set(compose.secrets())
    for name, entry in COMPOSE["services"].items():
        for variable, value in entry.get("environment", {}).items():
            secret = re.search(r"PASSWORD|SECRET|DSN|_KEY", variable)
            assert not secret or str(value).startswith("/run/secrets/"), (name, variable)


def test_the_database_of_containers_has_the_settings_of_the_embedded_one() -> None:
    command = COMPOSE["services"]["postgres"]["command"]
    given = {word.split("=")[0]: word.split("=")[1] for word in command if "=" in word}
    assert given == {k: v for k, v in SETTINGS.items() if k not in compose.NOT_THERE}


def test_the_broker_of_containers_has_the_settings_of_the_embedded_one(tmp_path: Path) -> None:
    def read(text: str) -> dict[str, str]:
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        return dict(line.split("=", 1) for line in lines)

    places = {"listeners", "advertised.listeners", "controller.quorum.voters", "log.dirs"}
    embedded = read(Broker(tmp_path, "kafka.jar", 9092, 9093)._properties())  # noqa: SLF001
    contained = read((PROJECT / "deploy" / "containers" / "kafka.properties").read_text())
    assert contained.pop("inter.broker.listener.name") == "PLAINTEXT"
    assert contained.keys() == embedded.keys()
    assert {k: v for k, v in contained.items() if k not in places} == {
        k: v for k, v in embedded.items() if k not in places
    }


def test_every_service_is_prepared_for_and_every_topic_is_owned_by_one_that_runs() -> None:
    topics = Contracts.load(PROJECT / "schemas").topics.values()
    assert {topic.owner for topic in topics} <= set(SERVICES)
    prepared = set(COMPOSE["services"]["prepare"]["secrets"])
    assert prepared == {compose.password(role) for role in ("postgres", *SERVICES)}


def test_every_container_is_hardened_and_only_this_machine_reaches_it() -> None:
    for name, entry in COMPOSE["services"].items():
        assert entry["cap_drop"] == ["ALL"], name
        assert entry["security_opt"] == ["no-new-privileges:true"], name
        assert entry["mem_limit"], name
        assert all(port.startswith("127.0.0.1:") for port in entry.get("ports", [])), name
    for process in PROCESSES:
        assert COMPOSE["services"][process.name]["read_only"] is True
    assert COMPOSE["networks"]["back"] == {"internal": True}


def test_every_image_is_named_by_its_version() -> None:
    for name, entry in COMPOSE["services"].items():
        assert re.fullmatch(r"\$\{[A-Z_]+:-[\w./-]+:v?\d[\w.-]*\}", entry["image"]), name


@pytest.mark.parametrize(
    "file",
    [DOCKERFILE, *sorted((PROJECT / "deploy" / "containers" / "local").glob("*.Dockerfile"))],
    ids=lambda file: file.name,
)
def test_hadolint_finds_nothing(file: Path) -> None:
    done = subprocess.run([HADOLINT, file], capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_is_built_in_stages_and_runs_as_nobody_in_particular() -> None:
    text = DOCKERFILE.read_text()
    assert len(re.findall(r"^FROM ", text, re.MULTILINE)) == 2
    assert re.findall(r"^USER (\d+):\d+$", text, re.MULTILINE) == ["10001"]
    assert re.search(r"^HEALTHCHECK ", text, re.MULTILINE)
    assert "--require-hashes" in text


def test_the_image_holds_the_versions_that_were_tested_and_no_tool_of_ours() -> None:
    def pinned(name: str) -> set[str]:
        text = (PROJECT / name).read_text()
        return set(re.split(r"^(?=[a-zA-Z])", text, flags=re.MULTILINE)[1:])

    image, everything = pinned("requirements-services.lock"), pinned("requirements.lock")
    assert image < everything, "`make lock` writes both"
    assert not [each for each in image if each.startswith(("pytest", "mypy=", "supervisor"))]
