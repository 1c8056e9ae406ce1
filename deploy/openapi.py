"""What do the HTTP faces say of themselves? `python -m deploy.openapi` writes schemas/openapi/."""

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import SecretStr

SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"
FACES = ("intake", "dashboards", "directory", "alerts", "responses")
"""The services that are asked over HTTP; each has `api.create_app(settings)`."""


def described(service: str) -> Mapping[str, Any]:
    """Return the OpenAPI description that a service serves; nothing is connected to."""
    settings = importlib.import_module(f"services.{service}.settings").Settings(
        postgres_dsn=SecretStr("postgresql:///nowhere"),
        kafka_bootstrap="nowhere:9092",
        schemas=SCHEMAS,
    )
    description: Mapping[str, Any] = (
        importlib.import_module(f"services.{service}.api").create_app(settings).openapi()
    )
    return description


def path_of(service: str) -> Path:
    """Say where a service's description is kept."""
    return SCHEMAS / "openapi" / f"{service}.json"


def written(description: Mapping[str, Any]) -> str:
    """Write a description as it is kept: sorted, so that a difference is a difference."""
    return json.dumps(description, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for face in FACES:
        path_of(face).write_text(written(described(face)), encoding="utf-8")
        print(path_of(face).relative_to(SCHEMAS.parent))
