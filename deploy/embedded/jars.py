"""Where are programs for Java? Jars, exactly those of a lock, fetched once from Maven Central.

`python -m deploy.embedded.jars` works the locks out again after a change of version.
"""

import hashlib
import shutil
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import requests
from jgo.maven import MavenContext

from deploy.embedded.failure import CannotStartError

KAFKA = ("org.apache.kafka:kafka_2.13:4.1.2",)
LOG4J = tuple(
    f"org.apache.logging.log4j:{name}:2.25.2"
    for name in ("log4j-api", "log4j-core", "log4j-slf4j-impl")
)
LOCK = Path(__file__).with_name("kafka.lock")
VERAPDF = "org.verapdf.apps:cli:1.30.2"
"""Holds all that it needs: what it depends on is within."""
VERAPDF_LOCK = Path(__file__).with_name("verapdf.lock")
CACHE = Path(sys.prefix) / "share" / "referral-watch" / "jars"
"""Beside the other downloads, in the virtual environment: every stack of this clone shares it."""

DOWNLOADS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of the lock: `group:artifact:version` and the SHA-256 of the file."""

    coordinate: str
    sha256: str

    @property
    def filename(self) -> str:
        """Return the name that the file has in the cache."""
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"


def locked(lock: Path = LOCK) -> list[Jar]:
    """Read the lock."""
    return [Jar(*line.split()) for line in lock.read_text().splitlines() if line]


def classpath(say: Callable[[str], None], cache: Path = CACHE, lock: Path = LOCK) -> str:
    """Return a lock's class path, fetching what the cache lacks; `say` is told of a download."""
    jars = locked(lock)
    missing = [jar for jar in jars if not (cache / jar.filename).exists()]
    if missing:
        say(
            f"fetching what {lock.name} names from Maven Central, {len(missing)} files, 16 to 50 MB"
        )
        _fetch(missing, cache)
    return ":".join(str(cache / jar.filename) for jar in jars)


def _fetch(jars: Iterable[Jar], cache: Path) -> None:
    """Fetch all, check each against the lock, and only then give it its name in the cache."""
    cache.mkdir(parents=True, exist_ok=True)
    context = MavenContext(repo_cache=cache.with_name("maven"), timeout=60)
    with ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
        list(pool.map(lambda jar: _fetch_one(context, jar, cache), jars))
    shutil.rmtree(cache.with_name("maven"), ignore_errors=True)


def _fetch_one(context: MavenContext, jar: Jar, cache: Path) -> None:
    """Fetch one jar into the cache.

    Raises:
        CannotStartError: The repository cannot be reached, or sent something else.
    """
    group, artifact, version = jar.coordinate.split(":")
    try:
        fetched = context.project(group, artifact).at_version(version).artifact().resolve()
    except (requests.RequestException, RuntimeError, OSError):
        raise CannotStartError(
            f"{jar.filename} could not be fetched from Maven Central: "
            "check the network (HTTPS_PROXY, if there is a proxy) and try again."
        ) from None
    if digest(fetched) != jar.sha256:
        raise CannotStartError(f"{jar.filename} is not the file that its lock names; not used.")
    fetched.replace(cache / jar.filename)


def digest(file: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def work_out(cache: Path) -> list[Jar]:
    """Resolve Kafka afresh.

    Log4j is taken without what it depends on: its parent's list of versions would
    replace Kafka's own choice (kafka-clients 3.9 under a 4.1 broker).
    """
    context = MavenContext(repo_cache=cache, timeout=60)
    wanted = [context.create_dependency(coordinate) for coordinate in KAFKA]
    _, needed = context.resolver.resolve(wanted)
    logging = [context.create_dependency(coordinate) for coordinate in LOG4J]
    chosen = {(d.groupId, d.artifactId): d for d in [*needed, *wanted, *logging]}
    return [
        Jar(f"{d.groupId}:{d.artifactId}:{d.version}", digest(d.artifact.resolve()))
        for _, d in sorted(chosen.items())
    ]


def alone(coordinate: str, cache: Path) -> Jar:
    """Return a jar that holds all that it needs."""
    context = MavenContext(repo_cache=cache, timeout=60)
    group, artifact, version = coordinate.split(":")
    found = context.project(group, artifact).at_version(version).artifact().resolve()
    return Jar(coordinate, digest(found))


if __name__ == "__main__":
    place = CACHE.with_name("maven")
    for lock, found in ((LOCK, work_out(place)), (VERAPDF_LOCK, [alone(VERAPDF, place)])):
        lock.write_text("".join(f"{jar.coordinate} {jar.sha256}\n" for jar in found))
