"""Is what README and docs/ say true? Everything in them is run, in a folder like a clone."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.embedded.places import PROJECT
from deploy.embedded.stack import Stack
from services.runtime import metrics
from tests.docs import pages

FIRST = PROJECT / "docs" / "for-agencies.md"
"""What it posts, the other pages look at."""

README = PROJECT / "README.md"
PAGES = sorted([README, *PROJECT.glob("docs/*.md")], key=lambda p: (p != FIRST, p))
RUNBOOKS = sorted(PROJECT.glob("docs/runbooks/*.md"))
"""Nobody begins with these: an alert or a page leads to them."""

RUN = [page for page in (*PAGES, *RUNBOOKS) if pages.examples(pages.blocks(page))]
MARK = "\x1e"
WITHIN_SECONDS = 90
MAKEFILE = (PROJECT / "Makefile").read_text()

each_page = pytest.mark.parametrize("page", [*PAGES, *RUNBOOKS], ids=lambda page: page.stem)


@dataclass(frozen=True)
class Outcome:
    """What came of running a page: one output a block that was begun, and what went wrong."""

    outputs: list[str]
    status: int
    errors: str


@pytest.fixture(scope="module")
def clone(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder that looks like a clone in which the stack is up."""
    folder = tmp_path_factory.mktemp("clone")
    (folder / ".run").symlink_to(stack.places.run)
    (folder / ".venv").symlink_to(sys.prefix)
    for name in ("services", "deploy", "schemas", "docs"):
        (folder / name).symlink_to(PROJECT / name)
    return folder


@pytest.fixture(scope="module")
def outcomes(clone: Path) -> Mapping[Path, Outcome]:
    """Follow every page to its end, or to what fails, in an order that a reader might take."""
    return {page: _follow(page, clone) for page in RUN}


def _follow(page: Path, folder: Path) -> Outcome:
    """Run all blocks of a page in one shell: what one sets, the next ones use."""
    found = pages.examples(pages.blocks(page))
    script = f"\nprintf '{MARK}'\n".join(example.run.text for example in found)
    done = subprocess.run(  # noqa: S603 - our own pages
        ["/usr/bin/env", "bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=WITHIN_SECONDS,
        check=False,
    )
    return Outcome(done.stdout.split(MARK), done.returncode, done.stderr)


@pytest.mark.early
@pytest.mark.parametrize("page", RUN, ids=lambda page: page.stem)
def test_every_block_runs_and_prints_what_the_page_says(
    page: Path, outcomes: Mapping[Path, Outcome]
) -> None:
    found, outcome = pages.examples(pages.blocks(page)), outcomes[page]
    begun = found[len(outcome.outputs) - 1].run
    assert outcome.status == 0, f"{page.name}:{begun.line} fails: {outcome.errors}"
    for example, printed in zip(found, outcome.outputs, strict=True):
        if example.prints is not None:
            where = f"{page.name}:{example.run.line}"
            assert pages.is_printed(example.prints, printed), f"{where} prints {printed}"


@each_page
def test_what_a_page_shows_as_printed_stands_after_what_prints_it(page: Path) -> None:
    assert not list(pages.unexplained(pages.blocks(page)))


@each_page
def test_every_make_target_that_a_page_names_is_there(page: Path) -> None:
    assert pages.targets(page) <= set(re.findall(r"^([a-z-]+):", MAKEFILE, flags=re.MULTILINE))


@each_page
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    assert [str(link) for link in pages.links(page) if not link.exists()] == []


@each_page
def test_every_metric_that_a_page_names_is_counted(page: Path) -> None:
    named = set(re.findall(r"(?<!:)\brw_[a-z_]+", page.read_text()))
    source = Path(metrics.__file__).read_text()
    assert named <= set(re.findall(r'"(rw_[a-z_]+)"', source))


@each_page
def test_no_page_names_a_path_of_somebodys_machine(page: Path) -> None:
    assert re.findall(r"(?<![\w.>}/])/(?:work|home|root|tmp|Users)/", page.read_text()) == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    assert set(PAGES) - {README} <= pages.links(README)
