"""Is a PDF what its standard asks? By veraPDF, which tests alone use (GPL-3 or MPL-2)."""

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.embedded.jars import VERAPDF_LOCK, classpath
from deploy.embedded.java import java

MAIN = "org.verapdf.apps.GreenfieldCliWrapper"


def faults(files: Sequence[Path], say: Callable[[str], None]) -> list[str]:
    """Return a line for each fault of these files against PDF/UA-1; none: they all pass."""
    jars = classpath(say, lock=VERAPDF_LOCK)
    start = [str(java()), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", jars, MAIN]
    asked = [*start, "--flavour", "ua1", "--format", "text", "--verbose", *map(str, files)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    told = done.stdout.splitlines()
    passed = [line for line in told if line.startswith("PASS")]
    if len(passed) == len(files):
        return []
    return [line for line in told if line not in passed] or [done.stderr.strip()[-500:]]
