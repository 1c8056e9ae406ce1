"""Would the reader of pages notice a page that is wrong?"""

from pathlib import Path

import pytest

from tests.docs import pages
from tests.docs.pages import Block


def test_what_is_run_is_paired_with_what_it_prints(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Say:\n\n```sh\necho a\n```\n\n```text\na\n```\n\n```sh\nmake up\n```\n")
    said, printed, make = pages.blocks(page)
    assert pages.examples([said, printed, make]) == [pages.Example(said, printed)]
    assert (said.text, said.line) == ("echo a\n", 3)
    assert list(pages.unexplained([make, printed])) == [printed]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"a": 1}, {"a": 1}),
        ({"a": "…"}, {"a": [1]}),
        ({"a": 1, "…": "…"}, {"a": 1, "b": 2}),
        ({"a": "by … at"}, {"a": "by Tue at"}),
        ([1, "…"], [1, 2, 3]),
        ([1, "…"], [1]),
    ],
)
def test_json_matches(wanted: object, found: object) -> None:
    assert pages.matches(wanted, found)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1, "…": "…"}, {"b": 2}),
        ({"a": "by … at"}, {"a": "by Tue"}),
        ([1], [1, 2]),
        ([1, "…"], []),
        (1, True),
        ({}, []),
    ],
)
def test_json_differs(wanted: object, found: object) -> None:
    assert not pages.matches(wanted, found)


@pytest.mark.parametrize(
    ("printed", "equal"), [("a 1\nb\nc\n", True), ("a 1\nc", True), ("a 1\nd", False)]
)
def test_text_is_compared_whole(printed: str, *, equal: bool) -> None:
    assert pages.is_printed(Block("text", "a …c\n", 1), printed) == equal
