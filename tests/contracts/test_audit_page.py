"""Does docs/audit.md name every action that is put on record, under its operation?"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "audit.md"


def written() -> Iterator[tuple[str, str]]:
    """(operation, action) of every act that the code writes down with both in words."""
    for file in (ROOT / "services").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                words = [arg.value for arg in node.args[:2] if isinstance(arg, ast.Constant)]
                if name == "Act" and len(words) == 2:
                    yield str(words[0]), str(words[1])


def told() -> dict[str, str]:
    """The page's line on each operation."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return {line.split("|")[1].strip(): line for line in lines}


def test_every_action_stands_on_the_page_under_its_operation() -> None:
    acts, lines = set(written()), told()
    assert ("alteration", "hold-set") in acts
    assert {act for act in acts if f"`{act[1]}`" not in lines[act[0]]} == set()
