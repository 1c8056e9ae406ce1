"""Is anything left of an erased child in the files? `python -m deploy.embedded.search < words`.

One word a line: refs, receipts, names, numbers; `--held held.json` takes them from what subject
access has gathered before the erasure. It looks through the database's files, Kafka's, the logs and
all else in `.run`, or through the folders that are named. docs/runbooks/erased-bytes.md.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from deploy.embedded.places import PROJECT, Places
from deploy.traces import SHORTEST, TooShort, Unreadable, Wanted, in_folders

_REFS: Final = frozenset({"child_ref", "record_ref", "receipt", "id", "ref", "referral_ref"})
_WHO: Final = ("local_id", "nhs_number", "upn", "given_name", "family_name", "postcode")


def main(arguments: Sequence[str] | None = None) -> int:
    """Search; 0 when nothing is left, 1 when something is, 2 when it could not look."""
    parser = argparse.ArgumentParser(prog="python -m deploy.embedded.search", description=__doc__)
    parser.add_argument("--held", type=Path, help="held.json of subject access")
    parser.add_argument("folders", nargs="*", type=Path, help="instead of those in .run")
    asked = parser.parse_args(arguments)
    try:
        words = [*words_of(json.loads(asked.held.read_text()))] if asked.held else _lines()
        wanted = Wanted.of(words)
        found = in_folders(asked.folders or folders(Places(PROJECT)), wanted)
    except (OSError, TooShort, Unreadable, json.JSONDecodeError) as error:
        sys.stderr.write(f"It could not look: {type(error).__name__}.\n")
        return 2
    for path, each in found.items():
        sys.stdout.write(f"{path}\t{len(each)} of {len(wanted.words)} words\n")
    if not wanted.words:
        sys.stderr.write("No word was given.\n")
        return 2
    return 1 if found else _nothing(len(wanted.words))


def folders(places: Places) -> list[Path]:
    """Where a stack of one machine keeps what it keeps."""
    elsewhere = places.postgres.resolve()
    return (
        [places.run] if elsewhere.is_relative_to(places.run.resolve()) else [places.run, elsewhere]
    )


def words_of(held: Mapping[str, Any]) -> Iterator[str]:
    """What names the child in what was gathered: refs, receipts, ids, who the child is."""
    yield str(held["child_ref"])
    for table, rows in held["rows"].items():
        for row in rows:
            if table == "intake.identity":
                yield from (
                    str(row["sealed"][name]) for name in _WHO if (row["sealed"] or {}).get(name)
                )
            if table.startswith("intake."):
                yield from (
                    value
                    for name, value in row.items()
                    if name in _REFS and isinstance(value, str) and len(value) >= SHORTEST
                )


def _lines() -> list[str]:
    return [line.strip() for line in sys.stdin if line.strip()]


def _nothing(count: int) -> int:
    sys.stdout.write(f"Nothing is left of {count} words.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
