"""Trains the weights of matching with splink, in an environment of its own: `make weights`.

The comparisons are intake's own, called from within splink's database, so that what is trained is
what is used. Prints a line for schemas/policy/matching.toml, for a person to put in.
"""

import json
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb
import splink.comparison_level_library as levels_of
import splink.comparison_library as comparisons_of
from splink import DuckDBAPI, Linker, SettingsCreator

from bench.people import children, filed
from services.domain.likeness import LEVELS, UNKNOWN, Comparison
from services.intake.comparing import compare
from services.intake.people import Person, Words, named

SEED: Final = 1
CHILDREN: Final = 20_000
PAIRS: Final = 500_000
ONE_IN: Final = 200_000
POLICY: Final = Path(__file__).parents[1] / "schemas" / "policy" / "matching.toml"
_OTHER_NUMBER: Final = (0.01, 0.999)
"""m and u of two different numbers: assumed, for a set without numbers cannot teach them."""


def train(words: Words) -> dict[str, dict[str, dict[str, float]]]:
    """Return m and u by thing and level."""
    connection = duckdb.connect()
    for thing in LEVELS:
        level = _level(thing, words)
        connection.create_function(
            f"level_of_{thing}", level, ["VARCHAR", "VARCHAR"], "INTEGER", null_handling="special"
        )
    connection.execute("CREATE TABLE record (unique_id VARCHAR, child VARCHAR, stated VARCHAR)")
    connection.executemany("INSERT INTO record VALUES (?, ?, ?)", _records())
    api = DuckDBAPI(connection=connection)
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_comparison(thing) for thing in LEVELS if thing != "number"],
    )
    linker = Linker(api.register("record"), settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=PAIRS, seed=SEED)
    linker.training.estimate_m_from_label_column("child")
    return _read(linker.misc.save_model_to_json())


def _level(thing: str, words: Words) -> Callable[[str, str], int | None]:
    """Return what finds the place of intake's level, from two records as JSON; None for unknown."""

    def level(one: str, other: str) -> int | None:
        found: str = getattr(compare(_person(one, words), _person(other, words), words), thing)
        return None if found == UNKNOWN else LEVELS[thing].index(found)

    return level


def _person(stated: str, words: Words) -> Person:
    content = json.loads(stated)
    found = named(content, words, sex=content.get("sex"))
    return found or Person(("-",), ("-",))


def _comparison(thing: str) -> Any:  # noqa: ANN401 - splink says no more
    call = f"level_of_{thing}(stated_l, stated_r)"
    return comparisons_of.CustomComparison(
        output_column_name=thing,
        comparison_levels=[
            levels_of.CustomLevel(f"{call} IS NULL", "unknown").configure(is_null_level=True),
            *(
                levels_of.CustomLevel(f"{call} = {place}", level)
                for place, level in enumerate(LEVELS[thing])
            ),
        ],
    )


def _records() -> Sequence[tuple[str, str, str]]:
    found = filed(children(CHILDREN, SEED, part=0), SEED)
    return [
        (f"{place}", f"{one.child.number}", json.dumps(one.stated))
        for place, one in enumerate(found)
    ]


def _read(model: Mapping[str, Any]) -> dict[str, dict[str, dict[str, float]]]:
    read: dict[str, dict[str, dict[str, float]]] = {"m": {}, "u": {}}
    for comparison in model["comparisons"]:
        thing = comparison["output_column_name"]
        for kind, things in read.items():
            things[thing] = {
                level["label_for_charts"]: max(level.get(f"{kind}_probability", 0.0), 1 / PAIRS)
                for level in comparison["comparison_levels"]
                if not level.get("is_null_level")
            }
    for kind, share in zip(read, _OTHER_NUMBER, strict=True):
        read[kind]["number"] = {"other": share}
    return read


def main() -> None:
    """Train, and print the line."""
    content = tomllib.loads(POLICY.read_text())
    trained = train(Words.parse(content))
    import splink  # noqa: PLC0415 - its version only

    print("[[weights]]")
    print(f'version = "{sys.argv[1]}"')
    print(f"since = {sys.argv[1]}")
    print(f"one_in = {ONE_IN}")
    print("linked_from = 10.0\nreview_from = 1.0")
    print(
        f'source = "splink {splink.__version__} on {CHILDREN:,} invented children'
        f' (bench/weights.py, seed {SEED})"'
    )
    print('standing = "assumption"')
    for kind, things in trained.items():
        for thing, levels in things.items():
            print(f"[weights.{kind}.{thing}]")
            for level in LEVELS[thing]:
                print(f"{level} = {levels[level]:.3g}")


assert Comparison._fields == tuple(LEVELS)  # noqa: S101 - both name the same things

if __name__ == "__main__":
    main()
