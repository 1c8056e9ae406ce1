"""What does a page bring with it, and what is a person told when something is wrong?"""

import re
from base64 import b64encode
from hashlib import sha256

from lxml import html

from services.runtime.web.headers import CONTENT_SECURITY_POLICY, INLINE_SCRIPT
from tests.services.dashboards.conftest import Ask

PERSON = "text/html,application/xhtml+xml,*/*;q=0.8"


async def test_a_page_has_one_heading_its_title_and_the_strict_headers(ask: Ask) -> None:
    answer = await ask("pcc-analyst", "/")
    page = html.fromstring(answer.text)
    assert answer.status_code == 200
    assert [h1.text_content() for h1 in page.iter("h1")] == ["Overview"]
    assert page.findtext(".//title") == "Overview \N{EN DASH} Referral Watch"
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


async def test_the_only_script_within_a_page_is_the_one_that_the_policy_names(ask: Ask) -> None:
    answer = await ask("pcc-analyst", "/")
    inside = re.findall(r"<script[^>]*>([^<]+)</script>", answer.text)
    assert [f"'sha256-{b64encode(sha256(one.encode()).digest()).decode()}'" for one in inside] == [
        INLINE_SCRIPT
    ]


async def test_what_a_page_loads_is_there_for_ever_and_zipped(ask: Ask) -> None:
    page = html.fromstring((await ask("pcc-analyst", "/")).text)
    loaded = [*page.xpath("//link/@href"), *page.xpath("//script/@src")]
    assert len(loaded) == 4
    for address in loaded:
        answer = await ask(None, address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip"


async def test_another_name_of_a_file_is_not_there(ask: Ask) -> None:
    for name in ("app.css", "app.000000000000.css", "..%2fface.py"):
        assert (await ask(None, f"/static/{name}")).status_code == 404


async def test_a_person_who_is_not_signed_in_is_shown_the_way_in_and_back(ask: Ask) -> None:
    answer = await ask(None, "/", accept=PERSON, lesson="1")
    page = html.fromstring(answer.text)
    assert answer.status_code == 401
    assert page.findtext(".//h1") == "Sign in"
    assert page.xpath("//main//a/@href") == ["/sign-in?return_to=%2F%3Flesson%3D1"]
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY


async def test_a_machine_is_told_by_a_problem(ask: Ask) -> None:
    answer = await ask(None, "/")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_page_that_is_not_there_says_so_and_leads_back(ask: Ask) -> None:
    answer = await ask("pcc-analyst", "/nowhere", accept=PERSON)
    page = html.fromstring(answer.text)
    assert answer.status_code == 404
    assert page.findtext(".//h1") == "Page not found"
    assert page.xpath("//main//a/@href") == ["/"]


async def test_a_person_is_told_in_words_what_an_address_has_wrong(ask: Ask) -> None:
    answer = await ask("qa-reviewer", "/gaps", accept=PERSON, state="odd", colour="red")
    page = html.fromstring(answer.text)
    assert answer.status_code == 422
    assert [one.text_content() for one in page.xpath("//main//li")] == [
        "State: none of those that can be chosen.",
        "The address: it asks for something that is not known here.",
    ]
