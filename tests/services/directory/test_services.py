"""Does who looks for a service find it, on a real Postgres?"""

import msgspec
import pytest

from deploy.embedded.tokens import PERSONAS
from services.directory import reading, store
from services.directory.catalogue import Catalogue
from services.domain import oruk
from tests.services.conftest import Pool
from tests.services.directory.conftest import Ask, Bring

pytestmark = pytest.mark.usefixtures("filled")
SERVICES = "/api/v1/services"
MENTORING = "Stepping Stones mentoring in schools (invented)"


@pytest.mark.parametrize("persona", PERSONAS)
async def test_everybody_with_a_token_may_read_the_directory(ask: Ask, persona: str) -> None:
    for path in (SERVICES, "/services", "/", "/api/v1/prevention", "/api/v1/provision"):
        assert (await ask(persona, path)).status_code == 200


async def test_nobody_reads_it_without_a_token(ask: Ask) -> None:
    for path in (SERVICES, "/services", "/", "/api/v1/prevention", "/api/v1/provision"):
        assert (await ask(None, path)).status_code == 401


async def test_a_service_is_found_by_need_age_area_and_whether_it_is_open(ask: Ask) -> None:
    found = await ask(
        "norfolk-school", SERVICES, need="knife", age="12", area="E07000145", open="true",
        kind="mentoring",
    )  # fmt: skip
    (only,) = found.json()["contents"]
    assert only["name"] == MENTORING
    assert only["funded"] == {"until": "2028-08-31", "ends_soon": False, "ended": False}
    assert only["provider_name"] == "Stepping Stones"


async def test_all_pages_together_are_all_services_each_once(
    ask: Ask, catalogue: Catalogue
) -> None:
    pages = [
        (await ask("pcc-analyst", SERVICES, page=str(number), per_page="5")).json()
        for number in (1, 2, 3, 4)
    ]
    names = [item["name"] for page in pages for item in page["contents"]]
    assert sorted(names) == sorted(row["name"] for row in reading.read_files(catalogue))
    assert [page["last_page"] for page in pages] == [False, False, True, True]
    assert [page["empty"] for page in pages] == [False, False, False, True]
    assert {page["total_items"] for page in pages} == {len(names)}


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ({"need": "happiness"}, [("/query/need", "not-in-code-set")]),
        ({"area": "E10000029", "approach": "x"}, [
            ("/query/area", "not-in-code-set"), ("/query/approach", "not-in-code-set"),
        ]),
        ({"age": "26"}, [("/query/age", "string_pattern_mismatch")]),
        ({"page": "0"}, [("/query/page", "string_pattern_mismatch")]),
        ({"colour": "red"}, [("/query", "extra_forbidden")]),
    ],
)  # fmt: skip
async def test_a_parameter_that_is_not_known_is_named(
    ask: Ask, query: dict[str, str], faults: list[tuple[str, str]]
) -> None:
    answer = await ask("norfolk-school", SERVICES, **query)
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == faults


async def test_what_is_not_there_is_not_found(ask: Ask) -> None:
    for path in (SERVICES, "/services"):
        answer = await ask("norfolk-school", f"{path}/ac148810-d857-441c-9679-408f346de14b")
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_prevention_says_how_its_way_of_working_is_rated_and_until_when(ask: Ask) -> None:
    page = (await ask("norfolk-school", "/api/v1/prevention", setting="school", age="13")).json()
    assert [item["name"] for item in page["contents"]] == [
        "Open Door mentoring (invented)",
        "Respect lessons (invented)",
        MENTORING,
        "Thinking it through (invented)",
    ]
    for item in page["contents"]:
        assert item["rating"]["impact"] == "not-rated"
        assert item["funded"]["until"]
    assert "Youth Endowment Fund" in page["scale"]


async def test_provision_names_every_need_in_every_district(ask: Ask, catalogue: Catalogue) -> None:
    found = (await ask("pcc-analyst", "/api/v1/provision")).json()
    districts = set(catalogue.areas.smallest)
    pairs = {(cell["need"], cell["area"]) for cell in found["cells"]}
    assert pairs == {(need, area) for need in catalogue.labels["need"] for area in districts}
    states = {(cell["need"], cell["area"]): cell["state"] for cell in found["cells"]}
    assert {states["trafficking", area] for area in districts} == {"none"}
    assert {states["speech-and-language", area] for area in districts} == {"covered"}
    assert found["gaps"] == [cell for cell in found["cells"] if cell["state"] != "covered"]
    assert [one["name"] for one in found["funding_unknown"]] == [
        "Next Chapter family support (invented)"
    ]
    ends = [one["funded_until"] for one in found["ending"]]
    assert ends == sorted(ends)


async def test_the_form_of_open_referral_can_be_brought_in_again_unchanged(
    ask: Ask, bring: Bring, catalogue: Catalogue
) -> None:
    """Nothing is lost between the row and the form."""
    listed = (await ask("norfolk-school", "/services", per_page="1000")).json()["contents"]
    whole = [(await ask("norfolk-school", f"/services/{one['id']}")).json() for one in listed]
    assert [one["name"] for one in whole] == [one["name"] for one in listed]
    again = await bring(msgspec.json.encode(whole))
    assert again.json()["not_kept"] == []
    assert again.json()["added"] == 0
    rows = {row["id"]: {"status": "active", **row} for row in reading.read_files(catalogue)}
    assert {one["id"]: oruk.row_of(one) for one in whole} == rows


async def test_a_list_in_the_form_of_open_referral_is_narrowed_by_age_and_need(ask: Ask) -> None:
    term = oruk.term_id("knife")
    found = await ask("norfolk-csc", "/services", taxonomy_term_id=term, minimum_age="18")
    assert [one["name"] for one in found.json()["contents"]] == ["Someone beside you (invented)"]
    words = await ask("norfolk-csc", "/services", search="BOXING evenings", maximum_age="10")
    assert [one["name"] for one in words.json()["contents"]] == ["Sport after dark (invented)"]


async def test_starting_again_adds_no_version(pool: Pool, catalogue: Catalogue) -> None:
    again = await store.keep(pool, reading.read_files(catalogue), store.FILES)
    assert (again.number, again.added, again.changed) == (None, 0, 0)
