"""What stands in a FHIR bundle, what refers to what, and what has nobody taken from it?"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

Resource = Mapping[str, Any]

_NAME: Final = re.compile(r"[A-Za-z]{1,40}")
_HIDDEN: Final = "…"
_OURS_ALREADY: Final = frozenset({"resourceType", "id", "meta", "implicitRules", "language"})
"""What describes a resource and says nothing of the child."""
_ENVELOPE: Final = frozenset({"MessageHeader", "Organization", "Endpoint", "HealthcareService"})
"""How the message travelled: not reported, and kept in the original."""
MOST_PATHS: Final = 200


class Unfit(Exception):
    """The bundle cannot become an event: a code of FHIR's issue types, where, and plain words."""

    def __init__(self, code: str, path: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.path = path
        self.message = message


class Bundle:
    """A bundle that notes which of its elements were taken."""

    def __init__(self, content: object) -> None:
        """Raises Unfit for what is no message bundle."""
        if element(content, "resourceType") != "Bundle" or element(content, "type") != "message":
            raise Unfit("invalid", "Bundle", "This must be a FHIR R4 Bundle of type message.")
        assert isinstance(content, Mapping)  # noqa: S101 - it has a resourceType
        self._content = content
        self._entries = [
            (place, entry, resource)
            for place, entry in enumerate(listed(content.get("entry")))
            if isinstance(resource := entry.get("resource"), Mapping)
        ]
        self._places = {id(resource): place for place, _, resource in self._entries}
        self._named = dict(self._names())
        self._taken: set[tuple[int, str]] = set()

    def _names(self) -> Iterator[tuple[str, Resource]]:
        for _, entry, resource in self._entries:
            yield word(entry, "fullUrl"), resource
            yield f"{word(resource, 'resourceType')}/{word(resource, 'id')}", resource

    def stated(self, name: str) -> Any:  # noqa: ANN401 - FHIR holds anything
        """Return an element of the bundle itself."""
        return self._content.get(name)

    def all(self, kind: str) -> list[Resource]:
        """Return every resource of a type."""
        return [one for _, _, one in self._entries if word(one, "resourceType") == kind]

    def only(self, kind: str) -> Resource:
        """Return the first resource of a type; raises Unfit where there is none."""
        found = self.all(kind)
        if not found:
            raise Unfit("required", f"Bundle.entry.resource.ofType({kind})", "This is required.")
        return found[0]

    def take(self, resource: Resource, *steps: str) -> Any:  # noqa: ANN401 - the same
        """Return what stands at a place, noting that its first element is taken."""
        if id(resource) in self._places:
            self._taken.add((self._places[id(resource)], steps[0]))
        return element(resource, *steps)

    def followed(self, resource: Resource, name: str) -> Resource | None:
        """Return the resource in the bundle that an element refers to."""
        said = self.take(resource, name)
        first = said[0] if isinstance(said, list) and said else said
        return self._named.get(word(first, "reference") or _HIDDEN)

    def path(self, resource: Resource, *steps: str) -> str:
        """Write where something stands as FHIRPath."""
        place = self._places.get(id(resource))
        start = "Bundle" if place is None else f"Bundle.entry[{place}].resource"
        return ".".join((start, *steps))

    def left(self) -> Iterator[str]:
        """Yield the paths of what nobody has taken, of the content that is the child's."""
        yield from islice(self._left(), MOST_PATHS)

    def _left(self) -> Iterator[str]:
        touched = {place for place, _ in self._taken}
        for place, _, resource in self._entries:
            kind = word(resource, "resourceType")
            if kind in _ENVELOPE:
                continue
            if place not in touched:
                yield f"Bundle.entry[{place}].resource.ofType({_shown(kind)})"
                continue
            for name in resource:
                if name not in _OURS_ALREADY and (place, name) not in self._taken:
                    yield f"Bundle.entry[{place}].resource.{_shown(name)}"


def element(content: object, *steps: str) -> Any:  # noqa: ANN401 - the same
    """Return what stands at a place of nested elements, None where there is nothing."""
    for step in steps:
        content = content.get(step) if isinstance(content, Mapping) else None
    return content


def listed(content: object) -> Sequence[Mapping[str, Any]]:
    """Return the elements of a list that are elements with names."""
    return [one for one in content if isinstance(one, Mapping)] if isinstance(content, list) else []


def words(content: object) -> list[str]:
    """Return the texts of a list."""
    return [one for one in content if isinstance(one, str)] if isinstance(content, list) else []


def word(content: object, name: str) -> str:
    """Return the text at a name, blank where there is none."""
    said = element(content, name)
    return said if isinstance(said, str) else ""


def _shown(name: str) -> str:
    return name if _NAME.fullmatch(name) else _HIDDEN
