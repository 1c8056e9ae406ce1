"""Does the Python that the README and the documents show run, a page as one program?"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path, info: str) -> list[str]:
    """The blocks of a page that open with ```info."""
    found = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [body for opened, body in found if opened.strip() == info]


def having(info: str) -> list[str]:
    return [page.relative_to(ROOT).as_posix() for page in PAGES if blocks(page, info)]


@pytest.mark.parametrize("page", having("python"))
def test_the_python_of_a_page_runs(page: str) -> None:
    program = "\n".join(blocks(ROOT / page, "python"))
    exec(compile(program, page, "exec"), {"__name__": page})  # noqa: S102 - our own documents


def test_there_is_a_page_that_runs() -> None:
    assert "docs/adding-a-rule.md" in having("python")
