"""Which pages are looked at in a real browser? Every one: a page that is not here fails.

One line a page and a state of it; `tests/contracts/test_pages_listed.py` compares with the routes
that answer HTML.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Page:
    """A page as somebody sees it.

    Args:
        service: whose page it is.
        path: as in schemas/openapi/<service>.json.
        persona: who looks; None for somebody who is not signed in.
        query: what is asked, as in the address.
        state: what is special: empty, error, suppressed, long text; words for the test's name.
        values: what stands in the path's {names}: `$name` of the world that the rig has built.
        status: what it is answered with.

    """

    service: str
    path: str
    persona: str | None = "pcc-analyst"
    query: str = ""
    state: str = ""
    values: dict[str, str] = field(default_factory=dict, hash=False)
    status: int = 200

    def __str__(self) -> str:
        return " ".join(filter(None, (self.service, self.path, self.state, self.persona)))


PAGES = (
    Page("dashboards", "/"),
    Page("dashboards", "/", None, state="not signed in", status=401),
    Page("dashboards", "/about-data", None),
    Page("dashboards", "/accessibility", None),
    Page("dashboards", "/privacy", None),
    Page("dashboards", "/cookies", None),
    Page("dashboards", "/help", None),
)
