"""What is everything judged by called, so that the same content has the same name?"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time


def digest(*parts: object) -> str:
    """Name everything judged by: the same content has the same name, whatever its order."""
    written = json.dumps([_plain(part) for part in parts])
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def _plain(part: object) -> object:
    """Turn dataclasses, tables, tuples and days into what json can write, always the same."""
    if isinstance(part, Mapping):
        return sorted([str(key), _plain(value)] for key, value in part.items())
    if isinstance(part, tuple):
        return [_plain(item) for item in part]
    if is_dataclass(part):
        return [_plain(getattr(part, each.name)) for each in fields(part) if each.compare]
    if isinstance(part, frozenset):
        return sorted(str(_plain(item)) for item in part)
    return part.isoformat() if isinstance(part, date | time) else part
