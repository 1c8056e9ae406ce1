"""Whose stack is this: empty, the demo county's already, or one that holds others' records?"""

import json
from pathlib import Path
from typing import Any

import asyncpg

from deploy.demo.county import County
from deploy.demo.posting import Refused
from services.domain.moments import moment, stamp

_OTHERS = (
    "SELECT EXISTS (SELECT FROM intake.event WHERE split_part(source, '/', 3) NOT LIKE 'demo-%')"
)
_OURS = "SELECT EXISTS (SELECT FROM intake.event WHERE split_part(source, '/', 3) LIKE 'demo-%')"


class Marker:
    """What the demo notes beside the stack: which county it began to post, and whether it ended."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "county.json"

    def county(self) -> County | None:
        """Return the county that was begun here, if one was."""
        noted = self._noted()
        if noted is None:
            return None
        return County(noted["seed"], noted["scale"], moment(noted["until"]))

    def complete(self) -> bool:
        """Say whether that county was posted and judged to its end."""
        return bool((self._noted() or {}).get("complete"))

    def note(self, county: County, *, complete: bool) -> None:
        """Note a county as begun or complete."""
        content = {
            "seed": county.seed,
            "scale": county.scale,
            "until": stamp(county.until),
            "complete": complete,
        }
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(json.dumps(content, indent=2) + "\n")

    def _noted(self) -> dict[str, Any] | None:
        return dict(json.loads(self._file.read_text())) if self._file.exists() else None


async def holds(dsn: str) -> tuple[bool, bool]:
    """Say whether intake holds events of the demo, and whether it holds any of anybody else's."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        return bool(await connection.fetchval(_OURS)), bool(await connection.fetchval(_OTHERS))
    finally:
        await connection.close()


def may_post(county: County, begun: County | None, *, ours: bool, others: bool) -> None:
    """Raise Refused where this county may not be posted: among others' records, or a second one."""
    if others:
        raise Refused(
            "This stack holds records that are not the demo's: the invented county is never mixed "
            "with them. `make clean` empties a stack that may be emptied."
        )
    if ours and begun != county:
        raise Refused(
            "This stack holds another demo county; two are never mixed. `make clean` empties it."
        )
