"""Which local policing body answers on a day? Data, from a day to a day."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from deploy.embedded.places import PROJECT
from services.domain.responses.bodies import Bodies, steps_of
from services.runtime.contracts import read_toml


@pytest.fixture
def stated() -> dict[str, Any]:
    return read_toml(PROJECT / "schemas" / "policy" / "bodies.toml")


def test_a_body_is_there_from_its_first_day_to_its_last(stated: dict[str, Any]) -> None:
    bodies = Bodies.parse(stated)
    for day, there in (
        (date(2012, 11, 21), False), (date(2012, 11, 22), True), (date(2028, 4, 30), True),
        (date(2028, 5, 1), False),
    ):  # fmt: skip
        assert (bodies.of("norfolk-opcc", day) is not None) == there
    assert bodies.of("kent-opcc", date(2025, 1, 1)) is None
    assert bodies.latest("norfolk-opcc", date(2030, 1, 1)).id == "norfolk-pcc"


def test_what_comes_after_is_one_more_table(stated: dict[str, Any]) -> None:
    mayor = deepcopy(stated["bodies"][0]) | {
        "id": "mayor", "since": date(2028, 5, 1), "name": "The Mayor", "short": "Mayor",
    }  # fmt: skip
    del mayor["until"]
    bodies = Bodies.parse({"bodies": [*stated["bodies"], mayor]})
    found = [bodies.of("norfolk-opcc", day) for day in (date(2028, 4, 30), date(2028, 5, 1))]
    assert [one.id for one in found if one] == ["norfolk-pcc", "mayor"]


def test_the_steps_end_with_publication_and_tell_the_secretary_of_state(
    stated: dict[str, Any],
) -> None:
    steps = steps_of(stated["bodies"][0])
    assert [one.id for one in steps] == [
        "chief-officer", "panel", "inspectorate", "secretary-of-state", "published",
    ]  # fmt: skip
    assert [one.publishes for one in steps] == [False] * 4 + [True]


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        (("name",), "", "/bodies/0/name: missing"),
        (("since",), "2012", "/bodies/0/since: not days"),
        (("standing",), "rumour", "/bodies/0/standing: unknown"),
        (("document", "response"), None, "/bodies/0/document/response: missing"),
        (("document", "motto"), "x", "/bodies/0/document/motto: unknown"),
        (("steps",), [{"id": "a", "label": "A"}], "/bodies/0/steps: one of them publishes"),
        (("steps",), [{"id": "a", "publishes": True}], "/bodies/0/steps/0: id and label"),
    ],
)
def test_every_fault_is_named(
    stated: dict[str, Any], path: tuple[str, ...], value: object, pointer: str
) -> None:
    place = stated["bodies"][0]
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    with pytest.raises(ValueError, match=pointer):
        Bodies.parse(stated)


def test_no_body_at_all_is_a_fault() -> None:
    with pytest.raises(ValueError, match="/bodies: none"):
        Bodies.parse({})


def test_nothing_in_the_code_knows_what_a_body_is_called() -> None:
    code = [
        file
        for folder in ("services/domain/responses", "services/responses")
        for file in (PROJECT / folder).rglob("*")
        if file.suffix in {".py", ".html", ".typ", ".sql"}
    ]
    assert len(code) > 20
    told = {
        f"{file.name}: {word}"
        for file in code
        for word in (
            "PCC",
            "Norfolk",
            "norfolk",
            "Police and Crime Commissioner",
            "Chief Constable",
        )
        if word in file.read_text(encoding="utf-8")
    }
    assert not told
