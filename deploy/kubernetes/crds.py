"""Do our manifests fit what the operators define? `python -m deploy.kubernetes.crds [FOLDER…]`.

CloudNativePG, KEDA and Prometheus' operator publish their definitions in Go modules, fetched with
the ordinary client; Strimzi's are in its source (`install/cluster-operator`): name that folder.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import yaml

from deploy.kubernetes.writing import FOLDER

MODULES: Final[Mapping[str, str]] = {
    "github.com/cloudnative-pg/cloudnative-pg@v1.27.0": "config/crd/bases",
    "github.com/kedacore/keda/v2@v2.17.2": "config/crd/bases",
    "github.com/prometheus-operator/prometheus-operator@v0.85.0": (
        "example/prometheus-operator-crd"
    ),
}


class _Plain(yaml.SafeLoader):
    """Reads a lone `=`, which YAML 1.1 has another use for, as it stands."""


_Plain.add_constructor("tag:yaml.org,2002:value", lambda _, node: node.value)
Schemas = Mapping[tuple[str, str], Mapping[str, Any]]
"""By apiVersion and kind."""


def fetched() -> Iterator[Path]:
    """Yield the folders of definitions that Go modules hold."""
    for module, folder in MODULES.items():
        done = subprocess.run(
            ["go", "mod", "download", "-json", module],  # noqa: S607 - the ordinary client
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        yield Path(json.loads(done.stdout)["Dir"]) / folder


def schemas(folders: Iterable[Path]) -> Schemas:
    """Read every definition, a field that is not defined being a fault."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.yaml")):
            for read in yaml.load_all(file.read_text(encoding="utf-8"), _Plain):
                if isinstance(read, dict) and read.get("kind") == "CustomResourceDefinition":
                    found |= dict(_versions(read["spec"]))
    return found


def _versions(spec: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Mapping[str, Any]]]:
    for version in spec["versions"]:
        api = f"{spec['group']}/{version['name']}"
        schema = dict(version["schema"]["openAPIV3Schema"])
        schema["properties"] = {**schema["properties"], "metadata": {"type": "object"}}
        yield (api, spec["names"]["kind"]), _closed(schema)


def _closed(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """Close every object whose fields are defined: Kubernetes drops others in silence."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(part) for name, part in schema.items()}
    defined = isinstance(closed.get("properties"), dict) and closed.get("type") == "object"
    if defined and not closed.get("x-kubernetes-preserve-unknown-fields"):
        closed.setdefault("additionalProperties", False)
    return closed


def manifests() -> Iterator[Mapping[str, Any]]:
    """Yield every manifest of the base."""
    for name in yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["resources"]:
        yield from yaml.safe_load_all((FOLDER / name).read_text(encoding="utf-8"))


def faults(found: Schemas, checked: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what does not fit."""
    for manifest in checked:
        schema = found.get((manifest["apiVersion"], manifest["kind"]))
        if schema is None:
            continue
        name = f"{manifest['kind']} {manifest['metadata']['name']}"
        for error in jsonschema_rs.validator_for(dict(schema)).iter_errors(manifest):
            yield f"{name}: {'/'.join(map(str, error.instance_path))}: {error.message[:200]}"


def main(arguments: list[str]) -> int:
    """Check, and say of which kinds nothing is known."""
    if shutil.which("go") is None:
        print("NOT CHECKED: there is no `go` to fetch the operators' definitions with.")
        return 75
    found = schemas([*fetched(), *map(Path, arguments)])
    wrong = list(faults(found, manifests()))
    print("\n".join(wrong) or "All fits.")
    builtin = ("v1", "apps/", "batch/", "policy/", "networking.")
    unknown = {
        f"{one['apiVersion']} {one['kind']}"
        for one in manifests()
        if (one["apiVersion"], one["kind"]) not in found
        and not one["apiVersion"].startswith(builtin)
    }
    print(f"Not checked, no definition: {', '.join(sorted(unknown)) or 'none'}.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
