import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.embedded import ports
from deploy.embedded.failure import CannotStartError


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((ports.HOST, 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def free() -> int:
    with socket.create_server((ports.HOST, 0)) as server:
        port: int = server.getsockname()[1]
    return port


def test_the_usual_ports_are_taken_where_all_are_free(tmp_path: Path, free: int) -> None:
    assert ports.choose(tmp_path / "ports.json", {"intake": free}) == {"intake": free}


def test_where_one_is_taken_all_are_others(tmp_path: Path, free: int, taken: int) -> None:
    chosen = ports.choose(tmp_path / "ports.json", {"intake": free, "kafka": taken})
    assert not {free, taken} & set(chosen.values())
    assert all(ports.is_free(port) for port in chosen.values())


def test_a_stack_that_is_not_the_usual_one_leaves_the_usual_ports_alone(
    tmp_path: Path, free: int
) -> None:
    assert ports.choose(tmp_path / "p", {"intake": free}, usual=False)["intake"] != free


def test_ports_once_chosen_are_kept_even_when_in_use(tmp_path: Path, taken: int) -> None:
    file = tmp_path / "ports.json"
    file.write_text(json.dumps({"intake": taken}))
    assert ports.choose(file, {"intake": 1}) == {"intake": taken}


def test_a_service_added_later_gets_a_port_and_the_others_keep_theirs(
    tmp_path: Path, free: int
) -> None:
    file = tmp_path / "ports.json"
    ports.choose(file, {"intake": free})
    chosen = ports.choose(file, {"intake": free, "responses": free})
    assert chosen["intake"] == free
    assert chosen["responses"] != free
    assert ports.choose(file, {"intake": free, "responses": free}) == chosen


def test_a_port_in_use_is_one_sentence_that_names_it(tmp_path: Path, taken: int) -> None:
    with pytest.raises(CannotStartError, match=rf"^Port {taken}, needed by kafka, is in use"):
        ports.check_free({"kafka": taken}, tmp_path / "ports.json")
