"""Which codes, areas, numbers and ratings does the directory go by? Read from schemas/."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jsonschema_rs import Draft202012Validator

from services.domain.evidence import Evidence
from services.domain.offers import Areas
from services.domain.provision import Limits
from services.runtime.contracts import CodeSets, Contracts, read_toml

NO_PROVIDER: Final = "other"
"""A code that many share: nobody's offer is known by it."""


@dataclass(frozen=True)
class Catalogue:
    """What rows may say, and what is said of them; `labels` is label by code by set."""

    folder: Path
    labels: CodeSets
    areas: Areas
    agency_of: Mapping[str, str]
    limits: Limits
    evidence: Evidence
    rows: Draft202012Validator
    fields: Mapping[str, Any]

    @classmethod
    def load(cls, contracts: Contracts) -> "Catalogue":
        """Read directory/, and its policy; ValueError says what does not hold together."""
        folder = contracts.path / "directory"
        areas = Areas.parse(read_toml(folder / "areas.toml"))
        codes = {
            "provider": {
                code: label
                for code, label in contracts.codes["provider"].items()
                if code != NO_PROVIDER
            },
            "need": contracts.codes["need"],
            "approach": contracts.codes["approach"],
            "area": areas.names,
        }
        schema = json.loads((folder / "schema" / "row.json").read_text(encoding="utf-8"))
        return cls(
            folder=folder,
            labels=codes,
            areas=areas,
            agency_of=_agencies(read_toml(folder / "providers.toml"), contracts),
            limits=contracts.directory(),
            evidence=Evidence.parse(
                read_toml(contracts.path / "policy" / "evidence.toml"), codes["approach"]
            ),
            rows=Draft202012Validator(_with_codes(schema, codes), validate_formats=True),
            fields=schema["properties"],
        )

    def provides(self, agency: str) -> list[str]:
        """Return the providers that an agency answers for."""
        return sorted(code for code, answers in self.agency_of.items() if answers == agency)


def _agencies(content: Mapping[str, Any], contracts: Contracts) -> Mapping[str, str]:
    stated: Mapping[str, str] = content["providers"]
    known = contracts.codes["provider"].keys() - {NO_PROVIDER}
    faults = [f"/providers/{code}: not in codes/provider.toml" for code in stated.keys() - known]
    faults += [
        f"/providers/{code}: no such agency"
        for code, agency in stated.items()
        if agency not in contracts.registry.agencies
    ]
    if faults:
        raise ValueError("providers.toml: " + "; ".join(sorted(faults)))
    return stated


def _with_codes(schema: Any, codes: CodeSets) -> Any:  # noqa: ANN401 - any part of a schema
    """Return a schema in which every set of codes that it names is written out."""
    if isinstance(schema, list):
        return [_with_codes(part, codes) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _with_codes(part, codes) for key, part in schema.items() if key != "x-code"}
    return made | ({"enum": list(codes[schema["x-code"]])} if "x-code" in schema else {})
