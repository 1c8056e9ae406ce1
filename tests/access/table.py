"""What does the table say, in `matrix.toml` and its like? Each call, and what each persona gets.

To add a call: `python -m deploy.openapi`, then a table in `matrix.toml` under the name that the
failing test tells. Where it asks for a kind of object that there is none of, give `world.Object` a
field and make one for each agency; a new service is also a line in `faces.FACES`.
`python -m pytest tests/access` runs the matrix; `make check` sees that every call has a table.
"""

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from deploy.embedded.places import PROJECT
from deploy.embedded.tokens import PERSONAS
from tests.access.people import SANDBOX

Expected = str | int

AGENCIES = tuple(name for name, who in PERSONAS.items() if who.role == "agency" and name != SANDBOX)
STRANGERS = ("nobody", "expired", "forged")
_GROUPS = dict.fromkeys(AGENCIES, "agency") | {
    "pcc-analyst": "pcc",
    "pcc-editor": "pcc",
    "pcc-approver": "pcc",
}
_SENT = {"path", "query", "body", "media", "open"}


@dataclass(frozen=True, slots=True)
class Call:
    """One operation and what is sent to it."""

    service: str
    method: str
    path: str
    table: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.service} {self.method} {self.path}"

    def expected(self, persona: str, relation: str) -> Expected:
        """What a persona is answered of their own or of another agency's object."""
        if persona in STRANGERS:
            open_to_all: Expected = self.table.get("open", 401)
            return open_to_all
        name = persona if persona in self.table else _GROUPS.get(persona, persona)
        said = self.table[name]
        both = said if isinstance(said, list) else [said, said]
        found: Expected = both[relation == "another"]
        return found

    def request(self, fields: Mapping[str, str]) -> dict[str, Any]:
        """What is sent about an object, as httpx takes it."""
        query = self.table.get("query", {})
        body = Template(self.table.get("body", "")).substitute(fields)
        return {
            "method": self.method,
            "url": self.path.format_map({**fields, **self.table.get("path", {})}),
            "params": {name: Template(text).substitute(fields) for name, text in query.items()},
            "content": body.encode(),
            "headers": {"Content-Type": self.table["media"]} if "media" in self.table else {},
        }


def calls() -> list[Call]:
    """Every call of the table."""
    content: dict[str, Any] = {}
    for file in sorted(Path(__file__).parent.glob("matrix*.toml")):
        content |= tomllib.loads(file.read_text())
    found = []
    for name, table in content.items():
        service, method, path = name.split(" ")
        found.append(Call(service, method, path, table))
    return found


def operations() -> Iterator[str]:
    """Every operation that the services say they answer."""
    for file in sorted((PROJECT / "schemas" / "openapi").glob("*.json")):
        for path, methods in json.loads(file.read_text())["paths"].items():
            for method in methods:
                if method in {"get", "put", "post", "delete", "patch", "head", "options"}:
                    yield f"{file.stem} {method.upper()} {path}"


def unsaid(call: Call, people: Iterable[str]) -> set[str]:
    """Of whom a table does not say what they are answered."""
    asking = set(people) - set(STRANGERS)
    return {
        name for name in asking if name not in call.table and _GROUPS.get(name) not in call.table
    }


def unread(call: Call, people: Iterable[str]) -> set[str]:
    """What a table says that nobody reads."""
    return set(call.table) - _SENT - set(people) - set(_GROUPS.values())
