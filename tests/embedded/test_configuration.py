import configparser
import shlex
from pathlib import Path

import pytest

from deploy.embedded.account import Account
from deploy.embedded.kafka import Broker
from deploy.embedded.places import Places
from deploy.embedded.postgres import Database
from deploy.embedded.processes import DEFAULT_PORTS, PROCESSES, SERVICES
from deploy.embedded.programs import programs
from deploy.embedded.runner import Program, configuration


@pytest.fixture
def places(tmp_path: Path) -> Places:
    found = Places(tmp_path)
    found.make()
    return found


@pytest.fixture
def catalogue(places: Places) -> dict[str, Program]:
    database = Database(places, Account("nobody"), Path("/pg/bin"), Path("/pg/files"), 5432)
    broker = Broker(places.kafka, "kafka.jar", 9092, 9093)
    return {p.name: p for p in programs(places, DEFAULT_PORTS, database, broker)}


@pytest.fixture
def written(places: Places, catalogue: dict[str, Program]) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser()
    parser.read_string(configuration(places, 9001, list(catalogue.values())))
    return parser


def test_every_process_has_a_role_and_a_port_of_its_own() -> None:
    assert {p.role for p in PROCESSES} == set(SERVICES)
    assert {p.name for p in PROCESSES} <= DEFAULT_PORTS.keys()
    assert len(set(DEFAULT_PORTS.values())) == len(DEFAULT_PORTS)


def test_every_process_is_started_again_for_ever(written: configparser.RawConfigParser) -> None:
    sections = [s for s in written.sections() if s.startswith("program:")]
    assert len(sections) == len(PROCESSES) + len(("postgres", "kafka"))
    for section in sections:
        assert written[section]["autorestart"] == "true"
        assert written.getint(section, "startretries") > 1_000_000
        assert written[section]["stopwaitsecs"] == "15"


def test_only_the_database_changes_account(written: configparser.RawConfigParser) -> None:
    changed = {s for s in written.sections() if "user" in written[s] and s != "supervisord"}
    assert changed == {"program:postgres"}


def test_a_service_knows_its_own_password_and_no_other(
    places: Places, catalogue: dict[str, Program]
) -> None:
    words = {s: (places.secrets / f"postgres-{s}.password").read_text() for s in SERVICES}
    for process in PROCESSES:
        told = " ".join(catalogue[process.name].environment.values())
        assert {s for s, word in words.items() if word in told} == {process.role}


def test_only_intake_is_told_of_the_vaults_key(catalogue: dict[str, Program]) -> None:
    told = {p.name for p in catalogue.values() if "RW_MASTER_KEY_FILE" in p.environment}
    assert told == {"intake", "intake-relay", "intake-matcher"}


def test_only_the_audit_is_told_of_the_key_that_binds_its_chains(
    catalogue: dict[str, Program],
) -> None:
    told = {p.name for p in catalogue.values() if "RW_AUDIT_KEY_FILE" in p.environment}
    assert told == {"audit"}


def test_arguments_with_spaces_quotes_and_percents_stay_whole(places: Places) -> None:
    command = ["/a b/java", 'say "no"', "%d{ISO8601}", "back\\slash"]
    text = configuration(places, 9001, [Program("odd", command)])
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    assert shlex.split(parser["program:odd"]["command"].replace("%%", "%")) == command


def test_the_database_listens_here_only_and_keeps_what_was_said_out_of_its_log(
    catalogue: dict[str, Program],
) -> None:
    command = catalogue["postgres"].command
    assert "listen_addresses=127.0.0.1" in command
    assert "fsync=on" in command
    assert "log_min_error_statement=panic" in command


def test_secrets_and_logs_are_closed_to_others(places: Places) -> None:
    for folder in (places.secrets, places.logs, places.kafka):
        assert folder.stat().st_mode & 0o077 == 0


def test_a_broker_is_made_though_its_name_begins_with_a_dash(places: Places) -> None:
    broker = Broker.at(places, 9092, 9093, print)
    broker.create(lambda size: b"\xf8" + bytes(size - 1))
    assert (places.kafka / "log" / "meta.properties").exists()
