"""People sign in at a real provider, the demo's, and are known by a cookie until they go."""

import secrets
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from lxml import html
from pydantic import SecretStr

from deploy.embedded import provider
from deploy.embedded.ports import is_free, listens
from services.dashboards.api import create_app
from services.dashboards.settings import Settings
from services.runtime import problems
from services.runtime.contracts import Contracts
from services.runtime.oidc import Begun
from services.runtime.settings import Misconfigured
from services.runtime.sign_in import CSRF
from tests.services.conftest import Pool

OURS = "http://127.0.0.1:8802"
COOKIE = "rw-dashboards"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The demo's provider, as the stack runs it."""
    while not is_free(port := 28_000 + secrets.randbelow(2_000)):
        pass
    command = provider.program(port).command
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603 - made here
    while not listens(port):
        time.sleep(0.05)
    yield provider.issuer(port)
    running.terminate()
    running.wait(10)


@pytest.fixture
async def browser(
    issuer: str,
    dashboards_pool: Pool,
    dashboards_readers: Pool,
    contracts: Contracts,
    tmp_path: Path,
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at the dashboards."""
    secret = tmp_path / "secret"
    secret.write_text("any will do here")
    app = create_app(_settings(issuer, OURS, secret), contracts)
    problems.install(app)
    app.state.desk.pool, app.state.desk.readers = dashboards_pool, dashboards_readers
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=OURS) as client:
        yield client


def _settings(issuer: str, public_url: str, secret: Path | None = None) -> Settings:
    return Settings(
        postgres_dsn=SecretStr("unused"),
        kafka_bootstrap="unused",
        oidc_issuer=issuer,
        oidc_client_secret_file=secret,
        public_url=public_url,
    )


async def _at_provider(browser: httpx.AsyncClient, persona: str, return_to: str = "/") -> str:
    """Go to the provider and choose who to be; returns where it sends the browser back to."""
    begun = await browser.get("/sign-in", params={"return_to": return_to})
    assert begun.status_code == 303, begun.text
    async with httpx.AsyncClient(trust_env=False) as http:
        chosen = await http.post(begun.headers["location"], data={"sub": persona})
    back = chosen.headers["location"]
    assert back.startswith(f"{OURS}/sign-in/callback?")
    return back


async def _sign_in(
    browser: httpx.AsyncClient, persona: str, return_to: str = "/"
) -> httpx.Response:
    return await browser.get(await _at_provider(browser, persona, return_to))


async def test_who_has_signed_in_is_known_by_a_cookie(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/api/v1/me")).status_code == 401
    answer = await _sign_in(browser, "qa-reviewer", "/children?state=open")
    assert (answer.status_code, answer.headers["location"]) == (303, "/children?state=open")
    said = next(c for c in answer.headers.get_list("set-cookie") if c.startswith(f"{COOKIE}="))
    assert "httponly" in said.lower()
    assert "samesite=lax" in said.lower()
    me = (await browser.get("/api/v1/me")).json()
    assert (me["subject"], me["agency"], me["role"]) == ("qa-reviewer", "norfolk-qa", "qa-reviewer")
    assert (await browser.get("/api/v1/gaps")).status_code == 200
    assert (await browser.get("/api/v1/equity-pack", params={"from": "2026-01", "to": "2026-01"})
            ).status_code == 200  # fmt: skip


async def test_who_is_signed_in_is_sent_straight_on_and_nowhere_else(
    browser: httpx.AsyncClient,
) -> None:
    await _sign_in(browser, "qa-reviewer")
    for asked, place in (("/queue?claim=mine", "/queue?claim=mine"), ("//evil.example", "/")):
        answer = await browser.get("/sign-in", params={"return_to": asked, "keep": "yes"})
        assert (answer.status_code, answer.headers["location"]) == (303, place)
        assert "set-cookie" not in answer.headers
    browser.cookies.clear()
    browser.cookies.set(COOKIE, "made-up")
    answer = await browser.get("/sign-in", params={"return_to": "/queue", "keep": "yes"})
    assert not answer.headers["location"].startswith("/")


async def test_the_office_is_shown_no_child_by_a_cookie_either(browser: httpx.AsyncClient) -> None:
    await _sign_in(browser, "pcc-analyst")
    assert (await browser.get("/api/v1/gaps")).status_code == 403


async def test_the_browser_is_sent_with_a_challenge_and_a_nonce_of_its_own(
    browser: httpx.AsyncClient, dashboards_pool: Pool
) -> None:
    address = (await browser.get("/sign-in")).headers["location"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    row = await dashboards_pool.fetchrow("SELECT nonce, verifier FROM sign_in")
    assert row is not None
    begun = Begun(asked["state"], row["nonce"], row["verifier"])
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert (asked["nonce"], asked["code_challenge"]) == (begun.nonce, begun.challenge)
    other = (await browser.get("/sign-in")).headers["location"]
    assert parse_qs(urlsplit(other).query)["nonce"] != [begun.nonce]


def test_the_challenge_is_that_of_rfc_7636() -> None:
    begun = Begun("", "", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert begun.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


async def test_another_browser_cannot_end_a_sign_in_and_nobody_ends_one_twice(
    browser: httpx.AsyncClient,
) -> None:
    back = await _at_provider(browser, "qa-reviewer")
    held = dict(browser.cookies)
    browser.cookies.clear()
    assert (await browser.get(back)).status_code == 401
    browser.cookies.update(held)
    assert (await browser.get(back)).status_code == 303
    browser.cookies.update(held)
    assert (await browser.get(back)).status_code == 401


@pytest.mark.parametrize(
    "change",
    ["SET nonce = 'another'", "SET ends_at = clock_timestamp() - interval '1 second'"],
)
async def test_a_token_for_another_sign_in_or_a_late_one_lets_nobody_in(
    browser: httpx.AsyncClient, dashboards_pool: Pool, change: str
) -> None:
    back = await _at_provider(browser, "qa-reviewer")
    await dashboards_pool.execute(f"UPDATE sign_in {change}")
    assert (await browser.get(back)).status_code == 401
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_whom_the_provider_gives_no_agency_and_role_is_nobody(
    browser: httpx.AsyncClient,
) -> None:
    answer = await _sign_in(browser, "somebody-else")
    assert (answer.status_code, answer.json()["code"]) == (401, "claims")


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "x"]
)
async def test_a_sign_in_leads_to_our_own_pages_alone(
    browser: httpx.AsyncClient, elsewhere: str
) -> None:
    assert (await _sign_in(browser, "qa-reviewer", elsewhere)).headers["location"] == "/"


async def test_what_is_changed_by_cookie_needs_the_sessions_token_and_our_own_page(
    browser: httpx.AsyncClient,
) -> None:
    await _sign_in(browser, "qa-reviewer")
    token = (await browser.get("/api/v1/me")).json()["csrf_token"]
    assert (await browser.post("/sign-out")).status_code == 403
    assert (await browser.post("/sign-out", headers={CSRF: "another"})).status_code == 403
    other_site = {CSRF: token, "Origin": "https://elsewhere.example"}
    assert (await browser.post("/sign-out", headers=other_site)).status_code == 403
    held = browser.cookies[COOKIE]
    answer = await browser.post("/sign-out", headers={CSRF: token, "Origin": OURS})
    assert answer.status_code == 204
    assert COOKIE not in browser.cookies
    browser.cookies.set(COOKIE, held, domain="127.0.0.1")
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_a_form_carries_the_token_in_a_field_and_a_person_is_told_that_they_are_out(
    browser: httpx.AsyncClient,
) -> None:
    await _sign_in(browser, "qa-reviewer")
    first, second = [(await browser.get("/")).text for _ in range(2)]
    tokens = [html.fromstring(page).xpath("//input[@name='csrf']/@value")[0]
              for page in (first, second)]  # fmt: skip
    assert tokens[0] != tokens[1]
    person = {"Accept": "text/html", "Origin": OURS}
    refused = await browser.post("/sign-out", data={"csrf": tokens[0][:-4]}, headers=person)
    assert (refused.status_code, "You may not see this page" in refused.text) == (403, True)
    answer = await browser.post("/sign-out", data={"csrf": tokens[1]}, headers=person)
    assert (answer.status_code, answer.headers["location"]) == (303, "/signed-out")
    assert "You are signed out" in (await browser.get("/signed-out")).text
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_signing_in_again_gives_a_fresh_session_and_ends_the_old_one(
    browser: httpx.AsyncClient, dashboards_pool: Pool
) -> None:
    await _sign_in(browser, "qa-reviewer")
    before = browser.cookies[COOKIE]
    await _sign_in(browser, "police-supervisor")
    assert browser.cookies[COOKIE] != before
    assert (await browser.get("/api/v1/me")).json()["subject"] == "police-supervisor"
    assert await dashboards_pool.fetchval("SELECT count(*) FROM session") == 1


@pytest.mark.parametrize("last", ["seen_at = clock_timestamp() - interval '15 minutes'",
                                  "ends_at = clock_timestamp()"])  # fmt: skip
async def test_a_session_ends_when_it_is_not_used_and_at_its_end_in_any_case(
    browser: httpx.AsyncClient, dashboards_pool: Pool, last: str
) -> None:
    await _sign_in(browser, "qa-reviewer")
    await dashboards_pool.execute(f"UPDATE session SET {last}")  # noqa: S608 - a test's own words
    answer = await browser.get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "expired")


async def test_what_the_browser_holds_is_in_no_table(
    browser: httpx.AsyncClient, dashboards_pool: Pool
) -> None:
    await _sign_in(browser, "qa-reviewer")
    row = str(await dashboards_pool.fetchrow("SELECT * FROM session"))
    assert browser.cookies[COOKIE] not in row


def test_cookies_are_secure_and_the_hosts_own_but_on_this_machine(
    issuer: str, contracts: Contracts
) -> None:
    app = create_app(_settings(issuer, "https://watch.example"), contracts)
    assert app.state.desk.people.cookie == "__Host-rw-dashboards"
    with pytest.raises(Misconfigured):
        create_app(_settings(issuer, "http://watch.example"), contracts)
    with pytest.raises(Misconfigured):
        create_app(_settings("http://people.example", OURS), contracts)
