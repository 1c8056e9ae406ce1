"""Is every page that a service answers looked at in a real browser?"""

import json
from collections.abc import Iterator

from deploy.embedded.places import PROJECT
from tests.browser.registry import PAGES


def html_routes() -> Iterator[tuple[str, str]]:
    """Every GET of every service that answers HTML."""
    for file in sorted((PROJECT / "schemas" / "openapi").glob("*.json")):
        for path, methods in json.loads(file.read_text())["paths"].items():
            answers = methods.get("get", {}).get("responses", {})
            if "text/html" in answers.get("200", {}).get("content", {}):
                yield file.stem, path


def test_every_page_is_in_the_registry_and_every_line_of_it_is_a_page() -> None:
    assert {(page.service, page.path) for page in PAGES} == set(html_routes())


def test_no_state_of_a_page_is_listed_twice() -> None:
    assert len({str(page) for page in PAGES}) == len(PAGES)
