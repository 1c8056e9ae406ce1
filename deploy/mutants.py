"""Which small changes of the domain did no test notice? Reads what the mutation tool kept."""

import json
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

from statsmodels.stats.proportion import proportion_confint

KILLED = "killed"
SAID = {0: "survived", 1: KILLED, 3: KILLED, 33: "untested", 36: KILLED, 24: KILLED, -24: KILLED}
"""By the exit code of the tests; a time out (36, 24) is noticed too."""
ASIDE = "other"
WIDTH = 32
SEED = "Would a test notice?"

Codes = dict[str, int | None]
"""The exit code of the tests by the name of a change; none as long as it was not tried."""


def kept_in(kept: Path) -> dict[str, Codes]:
    """Read every change made of every module."""
    return {
        file.relative_to(kept / "services" / "domain").as_posix().removesuffix(".py.meta"): (
            json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
        )
        for file in sorted(kept.glob("services/domain/**/*.py.meta"))
    }


def drawn(modules: dict[str, Codes], size: int) -> dict[str, Codes]:
    """Draw changes of all modules alike; a larger sample holds the smaller ones."""
    names = [name for codes in modules.values() for name in codes]
    chosen = set(sorted(names, key=lambda name: sha256((SEED + name).encode()).digest())[:size])
    return {
        module: {name: code for name, code in codes.items() if name in chosen}
        for module, codes in modules.items()
    }


def report(modules: dict[str, Codes]) -> None:
    """Print the share killed by module and in all; what was not tried yet is left out."""
    outcomes = {
        module: Counter(SAID.get(code, ASIDE) for code in codes.values() if code is not None)
        for module, codes in modules.items()
    }
    outcomes["all"] = sum(outcomes.values(), Counter())
    for module, found in outcomes.items():
        if total := found.total():
            share = found[KILLED] / total
            print(f"{module:{WIDTH}} {found[KILLED]:5} of {total:5} killed, {share:.1%}")


def main(kept: Path, size: int | None, *, untried: bool) -> None:
    """Print the changes of a sample that are still to be tried, or what became of those tried."""
    modules = kept_in(kept)
    chosen = modules if size is None else drawn(modules, size)
    every = {name: code for codes in chosen.values() for name, code in codes.items()}
    if untried:
        print(*(name for name, code in every.items() if code is None))
        return
    report(chosen)
    tried = [SAID.get(code, ASIDE) for code in every.values() if code is not None]
    if size is not None and tried:
        low, high = proportion_confint(tried.count(KILLED), len(tried), method="wilson")
        made = sum(map(len, modules.values()))
        print(f"A sample of {len(every)} of {made} changes; 95% interval {low:.1%} to {high:.1%}.")
    for name, code in every.items():
        if size is not None and code is not None and SAID.get(code, ASIDE) != KILLED:
            print(f"{SAID.get(code, ASIDE)}: {name}")


if __name__ == "__main__":
    _, where, *more = sys.argv
    main(Path(where), int(more[0]) if more else None, untried="untried" in more)
