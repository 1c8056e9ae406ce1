"""Is anything that we are made of known to be unsafe? `make scan ADVISORIES=folder`.

The folder holds advisories in OSV's form, YAML or JSON: a checkout of pypa/advisory-database, say.
A scan without any, or with old ones only, is no scan: it fails, where other scanners say that all
is well.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from deploy.embedded.places import PROJECT
from services.runtime import clock

LOCK: Final = PROJECT / "requirements.lock"
FRESH: Final = timedelta(days=30)
UNSAFE, NOT_SCANNED = 1, 2
Advisory = Mapping[str, Any]


def pinned(lock: Path = LOCK) -> dict[str, Version]:
    """Return what the lock pins."""
    found = re.findall(r"^([\w.-]+)==([^\s;\\]+)", lock.read_text(), flags=re.MULTILINE)
    return {str(canonicalize_name(name)): Version(version) for name, version in found}


def advisories(folder: Path) -> Iterator[Advisory]:
    """Read every advisory of a folder."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for file in sorted(folder.rglob("*")):
        if file.suffix in {".yaml", ".yml", ".json"}:
            text = file.read_text(encoding="utf-8")
            read = json.loads(text) if file.suffix == ".json" else yaml.load(text, loader)  # noqa: S506 - safe
            if isinstance(read, dict) and "affected" in read and not read.get("withdrawn"):
                yield read


def hits(advisory: Advisory, versions: Mapping[str, Version]) -> Iterator[str]:
    """Yield each package of ours that an advisory is about, at the version that we have."""
    for affected in advisory["affected"]:
        package = affected.get("package", {})
        name = str(canonicalize_name(str(package.get("name", ""))))
        ours = versions.get(name) if package.get("ecosystem") == "PyPI" else None
        if ours is not None and _is_affected(affected, ours):
            yield f"{name} {ours}: {advisory['id']}"


def _is_affected(affected: Mapping[str, Any], ours: Version) -> bool:
    if str(ours) in affected.get("versions", ()):
        return True
    return any(
        _within(ours, spread["events"])
        for spread in affected.get("ranges", ())
        if spread["type"] == "ECOSYSTEM"
    )


def _within(ours: Version, events: list[Mapping[str, str]]) -> bool:
    """Follow a range's events, in order: introduced, then fixed or the last that is affected."""
    inside = False
    for event in events:
        (kind, at), *_ = event.items()
        try:
            bound = Version(at)
        except InvalidVersion:
            return True  # nobody can tell: a person has to look
        if kind == "introduced" and ours >= bound:
            inside = True
        if (kind == "fixed" and ours >= bound) or (kind == "last_affected" and ours > bound):
            inside = False
    return inside


def newest(found: list[Advisory]) -> datetime | None:
    """Return when the last of the advisories was changed."""
    return max((_moment(one["modified"]) for one in found if one.get("modified")), default=None)


def _moment(stated: object) -> datetime:
    read = stated if isinstance(stated, datetime) else datetime.fromisoformat(str(stated))
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def scan(folder: Path | None, now: datetime, lock: Path = LOCK) -> tuple[int, list[str]]:
    """Return the exit status and what to say."""
    found = [] if folder is None or not folder.is_dir() else list(advisories(folder))
    last = newest(found)
    if last is None:
        return NOT_SCANNED, ["NOT SCANNED: there are no advisories to compare with."]
    unsafe = [line for one in found for line in hits(one, pinned(lock))]
    if now - last > FRESH:
        old = f"NOT SCANNED: the newest of {len(found)} advisories is of {last.date()}."
        return NOT_SCANNED, [*unsafe, old]
    if unsafe:
        return UNSAFE, unsafe
    return 0, [f"{len(pinned(lock))} packages, {len(found)} advisories, none applies."]


def main(arguments: list[str]) -> int:
    """Scan; 0 is said only where fresh advisories were compared with and none applies."""
    status, lines = scan(Path(arguments[0]) if arguments and arguments[0] else None, clock.now())
    print("\n".join(lines))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
