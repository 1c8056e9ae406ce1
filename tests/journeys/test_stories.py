"""Do the golden stories come out of the running stack as they are told?"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from services.domain.rules.catalogue import CATALOGUE
from tests.agencies import Agencies
from tests.journeys.storyteller import load, told

STORIES = load(Path(__file__).parent / "stories")
SHARED = Path(__file__).parents[3] / "shared" / "stories"
FAMILIES = tuple(dict.fromkeys(rule.family for rule in CATALOGUE))

WAYS = {
    "in order": {},
    "shuffled": {"shuffle": True},
    "three copies": {"copies": 3, "shuffle": True},
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", STORIES)
async def test_a_story_comes_out_as_it_is_told(agencies: Agencies, name: str, way: str) -> None:
    assert await told(agencies, STORIES[name], FAMILIES, **WAYS[way]) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("options", [(), ("--shuffle",), ("--copies", "3")])
def test_the_shared_stories_hold(
    agencies: Agencies, tmp_path: Path, options: tuple[str, ...]
) -> None:
    script = SHARED / "run_stories.py"
    if not script.exists():
        print("no shared stories beside this checkout: nothing more to run")  # noqa: T201
        return
    endpoints = tmp_path / "endpoints.json"
    endpoints.write_text(json.dumps(agencies.endpoints))
    families = [word for family in FAMILIES for word in ("--family", family)]
    run = subprocess.run(  # noqa: S603
        [sys.executable, script, SHARED, "--endpoints", endpoints, *families, *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
