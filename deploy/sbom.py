"""What are we made of? CycloneDX, from the locks alone: `make sbom` writes it.

Python packages come from requirements-services.lock, which is what the image holds, the broker's
jars from deploy/embedded/kafka.lock; each with its hash.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from deploy.embedded import jars
from deploy.embedded.places import PROJECT

LOCK: Final = PROJECT / "requirements-services.lock"
SPECIFICATION: Final = "1.6"


def bom() -> dict[str, Any]:
    """Return the list."""
    done = subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", "requirements", str(LOCK),
         "--pyproject", str(PROJECT / "pyproject.toml"), "--spec-version", SPECIFICATION,
         "--output-format", "JSON", "--output-reproducible"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    found["components"] += [_jar(jar) for jar in jars.locked()]
    return found


def _jar(jar: jars.Jar) -> dict[str, Any]:
    group, name, version = jar.coordinate.split(":")
    purl = f"pkg:maven/{group}/{name}@{version}"
    return {
        "type": "library",
        "bom-ref": purl,
        "group": group,
        "name": name,
        "version": version,
        "purl": purl,
        "hashes": [{"alg": "SHA-256", "content": jar.sha256}],
    }


def main(arguments: list[str]) -> int:
    """Write the list to the file named."""
    if len(arguments) != 1:
        print("Say where to: python -m deploy.sbom FILE")
        return 2
    found = bom()
    Path(arguments[0]).write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(f"{len(found['components'])} components, in {arguments[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
