"""Which small changes of the domain did no test notice? Reads what the mutation tool kept."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

KILLED = "killed"
SAID = {0: "survived", 1: KILLED, 3: KILLED, 33: "untested", 36: KILLED, 24: KILLED, -24: KILLED}
"""By the exit code of the tests; a time out (36, 24) is noticed too."""
ASIDE = "other"
WIDTH = 32


def counted(kept: Path) -> dict[str, Counter[str]]:
    """Count the outcomes by module; what was not tried yet is left out."""
    found: dict[str, Counter[str]] = {}
    for file in sorted(kept.glob("services/domain/**/*.py.meta")):
        codes: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
        tried = Counter(SAID.get(code, ASIDE) for code in codes.values() if code is not None)
        module = file.relative_to(kept / "services" / "domain").as_posix().removesuffix(".py.meta")
        found |= {module: tried} if tried else {}
    return found


def main(kept: Path) -> None:
    """Print the share killed by module and in all."""
    modules = counted(kept)
    modules["all"] = sum(modules.values(), Counter())
    for module, outcomes in modules.items():
        total = outcomes.total()
        share = outcomes[KILLED] / total if total else 0
        print(f"{module:{WIDTH}} {outcomes[KILLED]:5} of {total:5} killed, {share:.1%}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
