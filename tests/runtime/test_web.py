"""What is kept of GOV.UK Frontend, and what makes forms and files safe?"""

import hashlib
import json
import re
from importlib.metadata import version

import pytest

from deploy.vendor_govuk import FORBIDDEN, GOVUK, LOCK, STATIC
from services.runtime.csrf import masked, unmasked
from services.runtime.web.assets import Assets
from services.runtime.web.links import asking
from services.runtime.web.navigation import ENTRIES, MOST, entries


def test_the_kept_files_are_those_that_were_made_and_have_nothing_of_anothers_brand() -> None:
    lock = json.loads(LOCK.read_text())
    assert (lock["version"], lock["integrity"]) == (GOVUK.version, GOVUK.integrity)
    for name, digest in lock["sha256"].items():
        content = (STATIC / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest
        assert not FORBIDDEN.search(content)


def test_style_sheet_and_macros_belong_together() -> None:
    sheet = (STATIC / "govuk-frontend.min.css").read_text()
    assert re.search(r'--govuk-frontend-version:"([0-9.]+)"', sheet)[1] == GOVUK.version  # type: ignore[index]
    assert version("govuk-frontend-jinja") == "4.1.0"


def test_our_own_script_is_small_and_names_what_it_loads_by_its_content() -> None:
    assert (STATIC / "enhance.js").stat().st_size < 2048
    served = Assets().served
    (script,) = [one for address, one in served.items() if "enhance" in address]
    (loaded,) = re.findall(rb'from "(/static/[^"]+)"', script.plain)
    assert loaded.decode() in served


def test_a_token_looks_different_each_time_and_is_the_same() -> None:
    token = "x" * 43
    assert masked(token) != masked(token)
    assert unmasked(masked(token)) == unmasked(token) == token


@pytest.mark.parametrize("odd", ["", "!" * 60, "é" * 60, "A" * 59, "A" * 1001])
def test_what_is_no_token_becomes_none(odd: str) -> None:
    assert unmasked(odd) != "x" * 43


def test_a_question_with_one_thing_changed() -> None:
    asked = {"lesson": "1", "state": "open", "unit": ""}
    assert asking("/gaps", asked, state=None) == "/gaps?lesson=1"
    assert asking("/gaps", asked, as_of="2026-01-01T00:00:00Z").endswith("2026-01-01T00%3A00%3A00Z")
    assert asking("/gaps", {}) == "/gaps"


def test_to_another_service_one_goes_by_its_sign_in_and_within_ones_own_straight() -> None:
    homes = {"dashboards": "https://look.example", "responses": "https://answer.example"}
    found = {one["text"]: one["href"] for one in entries("pcc-editor", "dashboards", "/", homes)}
    assert found["Measures"] == "/measures"
    assert found["Promises"] == "https://answer.example/sign-in?return_to=%2Fpromises&keep=yes"
    found = {one["text"]: one["href"] for one in entries("pcc-editor", "responses", "/", homes)}
    assert found["Promises"] == "/promises"
    assert found["Measures"] == "https://look.example/sign-in?return_to=%2Fmeasures&keep=yes"


def test_nobody_finds_more_than_seven_entries() -> None:
    roles = {role for entry in ENTRIES for role in entry.roles}
    for role in roles:
        assert sum(role in entry.roles for entry in ENTRIES) <= MOST
