"""What does who find at the top of every page? At most seven entries a role, in this order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from services.runtime.sign_in import BACK, SIGN_IN
from services.runtime.web.links import asking

PCC: Final = frozenset({"pcc-analyst", "pcc-editor"})
FORCE: Final = frozenset({"police-supervisor"})
REVIEW: Final = frozenset({"qa-reviewer"})
AGENCY: Final = frozenset({"agency"})
RUN: Final = frozenset({"administrator"})
MOST: Final = 7


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: where it leads, at which service, and for whom it is."""

    text: str
    path: str
    roles: frozenset[str]
    service: str = "dashboards"


ENTRIES: Final = (
    Entry("Overview", "/", PCC | FORCE | REVIEW | RUN),
    Entry("Compare", "/compare", PCC),
    Entry("Measures", "/measures", PCC | FORCE | REVIEW | AGENCY),
    Entry("Alerts", "/alerts", PCC | FORCE | REVIEW | AGENCY),
    Entry("Data quality", "/status", PCC | RUN),
    Entry("Responses", "/", PCC, "responses"),
    Entry("Promises", "/promises", PCC, "responses"),
    Entry("Your agency", "/agency", AGENCY | FORCE),
    Entry("Queue", "/queue", AGENCY | FORCE | REVIEW),
    Entry("Dip samples", "/dip-samples", REVIEW),
    Entry("Disagreements", "/disagreements", AGENCY | FORCE | REVIEW),
)
FOOTER: Final = (
    ("About the data", "/about-data"),
    ("Downloads", "/downloads"),
    ("What has changed", "/changes"),
    ("Accessibility", "/accessibility"),
    ("Privacy", "/privacy"),
    ("Cookies", "/cookies"),
    ("Help", "/help"),
)
"""What is at the foot of every page, for everybody: words and path at the dashboards."""


def entries(
    role: str, service: str, path: str, homes: Mapping[str, str | None]
) -> Iterator[dict[str, object]]:
    """Yield the entries of a role as the component takes them; `homes` are services' addresses.

    To another service the way is by its own sign-in (docs/decisions/one-sign-in.md).
    """
    for entry in ENTRIES:
        home = "" if entry.service == service else homes.get(entry.service)
        if role in entry.roles and home is not None:
            here = entry.service == service and path == entry.path
            within = entry.path != "/" and path.startswith(f"{entry.path}/")
            yield {
                "text": entry.text,
                "href": _way(home, entry.path),
                "current": here,
                "active": entry.service == service and within,
            }


def _way(home: str, path: str) -> str:
    """Return the address of a page; at another service one is let in on the way."""
    return asking(f"{home}{SIGN_IN}", {BACK: path, "keep": "yes"}) if home else path
