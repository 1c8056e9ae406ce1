"""Does the table of contents name every page, and does every file that it names exist?"""

import re

from deploy.embedded.places import PROJECT

DOCS = PROJECT / "docs"
CONTENTS = DOCS / "README.md"


def test_every_page_is_in_the_table_of_contents() -> None:
    named = {(DOCS / link).resolve() for link in re.findall(r"\]\(([^)#]+)", CONTENTS.read_text())}
    there = {page.resolve() for page in DOCS.rglob("*.md")} - {CONTENTS}
    assert not there - named, "name it in docs/README.md"
    assert all(page.exists() for page in named)


def test_every_file_that_it_sends_to_is_there() -> None:
    named = set(re.findall(r"`([\w/]+\.py)`", CONTENTS.read_text()))
    tree = [
        path.as_posix() for top in ("services", "tests") for path in PROJECT.glob(f"{top}/**/*.py")
    ]
    lost = {name for name in named if not any(path.endswith("/" + name) for path in tree)}
    assert named
    assert not lost
