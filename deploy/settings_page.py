"""Writes docs/settings.md from what the code reads: `python -m deploy.settings_page`."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from pydantic.fields import FieldInfo

from deploy.embedded.places import PROJECT
from deploy.embedded.processes import SERVICES
from services.runtime.settings import Settings, variable

PAGE: Final = PROJECT / "docs" / "settings.md"
HEAD: Final = """# Every setting

MADE by `make catalogue` from the `settings.py` of runtime and services: change those.

A process reads its settings once, when it starts, from variables of its environment, or, where
there is none, from files in `/run/secrets` (or the folder `RW_SECRETS`) that are named as the
variable in small letters. With a fault it does not start: it names every variable that is missing
or wrong, all at once, and never a value. Durations are ISO 8601 (`PT5S`), lists JSON.

| Variable | Told to | Unless told | What it is |
|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Described:
    """A variable, which services read it, its default in words and what it is."""

    name: str
    read_by: str
    default: str
    says: str


def described() -> Iterator[Described]:
    """Yield the settings that all have, then each service's own."""
    for field, info in Settings.model_fields.items():
        yield _described(field, info, "all")
    own: dict[str, tuple[FieldInfo, list[str]]] = {}
    for service, settings in _classes():
        for field, info in settings.model_fields.items():
            if field not in Settings.model_fields:
                own.setdefault(field, (info, []))[1].append(f"`{service}`")
    for field, (info, services) in own.items():
        yield _described(field, info, ", ".join(services))


def _classes() -> Iterator[tuple[str, type[Settings]]]:
    for service in SERVICES:
        if (PROJECT / "services" / service / "settings.py").exists():
            module: Any = importlib.import_module(f"services.{service}.settings")
            yield service, module.Settings


def _described(field: str, info: FieldInfo, read_by: str) -> Described:
    says = " ".join((info.description or "").split())
    return Described(variable(field), read_by, _default(info), says.removesuffix("."))


def _default(info: FieldInfo) -> str:
    """Return a default as one would write it into the environment."""
    value = info.default
    if info.is_required():
        return "**needed**"
    if value is None:
        return "nothing"
    if isinstance(value, Path):
        return f"`{value.relative_to(PROJECT)}`"
    if isinstance(value, timedelta):
        return f"`PT{int(value.total_seconds())}S`"
    if isinstance(value, tuple):
        return "every judge"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def page() -> str:
    """Return the page."""
    rows = [f"| `{o.name}` | {o.read_by} | {o.default} | {o.says} |" for o in described()]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
