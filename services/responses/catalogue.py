"""Which bodies, numbers and earlier responses does the service go by? Read from schemas/."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.domain.responses.bodies import Bodies
from services.domain.responses.deadlines import Numbers
from services.runtime.contracts import Contracts, read_toml


@dataclass(frozen=True)
class Catalogue:
    """What is data here; `earlier` are responses published before, by the name of their file."""

    bodies: Bodies
    numbers: Numbers
    earlier: Mapping[str, Mapping[str, Any]]

    @classmethod
    def load(cls, contracts: Contracts) -> "Catalogue":
        """Read policy/ and responses/; ValueError says what does not hold together."""
        policy = contracts.path / "policy"
        bodies = Bodies.parse(read_toml(policy / "bodies.toml"))
        unknown = bodies.agencies - contracts.registry.agencies.keys()
        if unknown:
            raise ValueError(f"bodies.toml: no such agency: {', '.join(sorted(unknown))}")
        files = sorted((contracts.path / "responses").glob("*.toml"))
        return cls(
            bodies=bodies,
            numbers=Numbers.parse(read_toml(policy / "responses.toml")),
            earlier={file.stem: read_toml(file) for file in files},
        )
