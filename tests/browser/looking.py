"""How is a page opened as somebody, and is anything done that a page may not do?"""

import gzip
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from string import Template
from types import TracebackType
from typing import Any, Self

from playwright.async_api import Browser, BrowserContext, Page, Request

from deploy.embedded.tokens import PERSONAS
from tests.access.world import NORFOLK, World
from tests.browser import county, registry
from tests.browser.served import Served

_LISTEN = """
window.violations = [];
document.addEventListener("securitypolicyviolation",
    (said) => window.violations.push(`${said.violatedDirective} ${said.blockedURI}`));
"""


@dataclass(slots=True)
class Looked:
    """A page that is open, and what its loading has brought."""

    page: Page
    status: int
    html: str
    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    async def violations(self) -> list[str]:
        """What the content security policy has stopped."""
        found: list[str] = await self.page.evaluate("window.violations")
        return found


class Looking:
    """One browser with a context for each persona."""

    def __init__(self, browser: Browser, sites: Mapping[str, Served], world: World) -> None:
        self._browser = browser
        self._sites = sites
        self._world = world
        self._contexts: dict[tuple[str | None, bool], BrowserContext] = {}
        self._sent: dict[registry.Page, str] = {}
        self._sizes: dict[str, int] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for context in self._contexts.values():
            await context.close()

    async def at(self, listed: registry.Page, *, scripts: bool = True) -> Looked:
        """Open a page of the registry."""
        context = await self.context(listed.persona, scripts=scripts)
        page = await context.new_page()
        elsewhere: list[str] = []
        errors: list[str] = []
        own = tuple(site.url for site in self._sites.values())

        def note(request: Request) -> None:
            if not request.url.startswith((*own, "data:", "blob:")):
                elsewhere.append(request.url)

        page.on("request", note)
        page.on("pageerror", lambda error: errors.append(str(error)))
        if scripts:
            await page.add_init_script(_LISTEN)
        answer = await page.goto(self.address(listed), wait_until="load")
        assert answer is not None
        self._sent[listed] = await answer.text()
        return Looked(page, answer.status, self._sent[listed], elsewhere, errors)

    def address(self, listed: registry.Page) -> str:
        """Return where a page is; `$name`s are of the first object that the persona may see."""
        values = {name: self._filled(text, listed) for name, text in listed.values.items()}
        path = listed.path.format_map(values)
        query = self._filled(listed.query, listed)
        return f"{self._sites[listed.service].url}{path}" + (f"?{query}" if query else "")

    def _filled(self, text: str, listed: registry.Page) -> str:
        who = PERSONAS.get(listed.persona or "")
        agency = who.agency if who is not None and who.agency in NORFOLK else NORFOLK[0]
        one = self._world[agency]
        named = {"event": one.event, "reading": one.reading, "counted": county.LAST}
        return Template(text).substitute(asdict(one) | named)

    async def text(self, listed: registry.Page) -> str:
        """Return a page as it was sent when it was opened, or as it is sent now."""
        if listed not in self._sent:
            context = await self.context(listed.persona)
            address = self.address(listed)
            answer = await context.request.get(address, headers={"Accept": "text/html"})
            self._sent[listed] = await answer.text()
        return self._sent[listed]

    async def weight(self, listed: registry.Page, address: str) -> int:
        """Return how many bytes a file that a page loads has over the wire."""
        if address not in self._sizes:
            context = await self.context(listed.persona)
            body = await (await context.request.get(address)).body()
            self._sizes[address] = len(gzip.compress(body))
        return self._sizes[address]

    async def context(self, persona: str | None, *, scripts: bool = True) -> BrowserContext:
        """Return a persona's context, signed in everywhere."""
        held = self._contexts.get((persona, scripts))
        if held is None:
            held = await self._browser.new_context(
                java_script_enabled=scripts,
                viewport={"width": 1280, "height": 900},
                locale="en-GB",
                timezone_id="Europe/London",
            )
            if persona is not None:
                cookies: Any = [await site.cookie(persona) for site in self._sites.values()]
                await held.add_cookies(cookies)
            self._contexts[persona, scripts] = held
        return held


def repeated(found: list[str]) -> list[str]:
    """What is there more than once."""
    return [one for one, times in Counter(found).items() if times > 1]
