"""Which schemas have been released, and do they still mean what they meant?

`python -m services.runtime.released` writes new event types into schemas/released.lock and refuses
while a released one has changed. A change of meaning is a new type (`….v2`). Adding an optional
field is allowed (contract.md): name the type, `python -m services.runtime.released <name>…`.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from services.runtime.contracts import DEFINITIONS, load_schemas
from services.runtime.projection import resolve

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
LOCK = "released.lock"
WORDS_ONLY = {"$schema", "title", "description", "$comment"}
"""Keywords whose values may be reworded: they judge nothing."""
NAMED = {"properties"}
"""Keywords whose keys are names, not keywords."""


def digests(schemas: Path) -> dict[str, str]:
    """Work out the digest of every schema's meaning, shared definitions included, by its path."""
    files = load_schemas(schemas)
    definitions = files.pop(DEFINITIONS)["$defs"]
    return {name: _digest(meaning(schema, definitions)) for name, schema in files.items()}


def meaning(schema: object, definitions: Mapping[str, Any]) -> object:
    """Return a schema without wording and references, so that only what it judges is left."""
    if isinstance(schema, list):
        return [meaning(part, definitions) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        key: {name: meaning(each, definitions) for name, each in part.items()}
        if key in NAMED
        else meaning(part, definitions)
        for key, part in resolve(schema, definitions).items()
        if key not in WORDS_ONLY
    }


def read_lock(schemas: Path) -> dict[str, str]:
    """Read released.lock: digest by path; nothing where there is no lock yet."""
    lock = schemas / LOCK
    lines = lock.read_text(encoding="utf-8").splitlines() if lock.exists() else []
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def changed(schemas: Path) -> list[str]:
    """Name the released schemas that mean something else now, or are gone."""
    present = digests(schemas)
    return [name for name, digest in read_lock(schemas).items() if present.get(name) != digest]


def unreleased(schemas: Path) -> list[str]:
    """Name the schemas that the lock does not know."""
    released = read_lock(schemas)
    return [name for name in digests(schemas) if name not in released]


def release(schemas: Path, amended: Iterable[str] = ()) -> list[str]:
    """Add new schemas to the lock, and those whose added optional field is named.

    Raises:
        SystemExit: a released schema has changed that was not named.

    """
    refused = sorted(set(changed(schemas)) - set(amended))
    if refused:
        raise SystemExit(f"Released and changed: {', '.join(refused)}. Make a new version.")
    added = [*unreleased(schemas), *changed(schemas)]
    lines = [f"{digest}  {name}" for name, digest in sorted(digests(schemas).items())]
    (schemas / LOCK).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return added


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


if __name__ == "__main__":
    sys.stdout.write("".join(f"released {name}\n" for name in release(SCHEMAS, sys.argv[1:])))
