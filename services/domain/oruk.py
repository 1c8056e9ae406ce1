"""How is a service of the directory written in Open Referral UK's form, and read from it?

The form is HSDS 3.0 with the UK profile. What it has no place for stands under `referral_watch`, as
its rules of compliance let a publisher do.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from services.domain.moments import stamp
from services.domain.offers import ACTIVE, NAMES, Row, part_id

VERSION: Final = "HSDS-UK-3.0"
OWN: Final = "referral_watch"
NEED: Final = "referral-watch-need"
"""The taxonomy that needs are terms of."""

AREA_URI: Final = "http://statistics.data.gov.uk/id/statistical-geography/"
Path = tuple[str | int, ...]
_ADDRESS: Final[Path] = ("service_at_locations", 0, "location", "addresses", 0)
_OWN: Final = (
    "provider", "type", "kind", "sexes", "eligibility", "open_to_referrals", "how_to_refer",
    "funded_until", "prevention", "approach", "settings",
)  # fmt: skip
PLACES: Final[Mapping[str, Path]] = {
    **{name: (name,) for name in ("id", "name", "description", "status", "url", "email")},
    **{name: (name,) for name in ("minimum_age", "maximum_age")},
    "last_assured": ("assured_date",),
    "assured_by": ("assurer_email",),
    "organization": ("organization", "name"),
    "organization_description": ("organization", "description"),
    "schedule": ("schedules", 0, "description"),
    "cost": ("cost_options", 0, "option"),
    "funding_source": ("funding", 0, "source"),
    "venue": (*_ADDRESS, "address_1"),
    "town": (*_ADDRESS, "city"),
    "postcode": (*_ADDRESS, "postal_code"),
    "accessibility": (*_ADDRESS[:3], "accessibility", 0, "description"),
    **{name: (OWN, name) for name in _OWN},
}
"""By field of a row: where the form has it."""

LISTS: Final[Mapping[str, Path]] = {
    "needs": ("attributes",),
    "areas": ("service_areas",),
    "languages": ("languages",),
}
_MADE: Final = frozenset({"last_modified", "organization_id"})
"""What we write and need not read."""

Page = dict[str, Any]


def row_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Read a service in the UK form; whatever is not there, or no service at all, is left out."""
    stated = {name: _at(document, place) for name, place in PLACES.items()}
    stated |= {
        "needs": _codes(document.get("attributes"), _need),
        "areas": _codes(document.get("service_areas"), _area),
        "languages": _codes(document.get("languages"), _language),
    }
    return {name: value for name, value in stated.items() if value is not None}


def place_of(field: str) -> Path:
    """Say where the form has a field of a row; a field that it does not know is itself."""
    return {**PLACES, **LISTS}.get(field, (field,))


def not_kept(document: Mapping[str, Any]) -> list[str]:
    """Return the names of the top-level fields of which nothing is kept."""
    kept = {str(place[0]) for place in (*PLACES.values(), *LISTS.values())} | _MADE
    return sorted(name for name in document if name not in kept)


def service(row: Row, needs: Mapping[str, str], areas: Mapping[str, str], at: datetime) -> Page:
    """Write a service whole; `needs` and `areas` are labels by code, `at` when it last changed."""
    own: str = row["id"]
    parts = {
        "schedules": _one(own, "schedules", description=row.get("schedule")),
        "service_areas": [
            {"id": part_id(own, code), "name": areas.get(code, code), "uri": AREA_URI + code}
            for code in row["areas"]
        ],
        "service_at_locations": list(_locations(row)),
        "languages": [
            {"id": part_id(own, f"language {code}"), "code": code}
            for code in row.get("languages", [])
        ],
        "cost_options": _one(own, "cost", option=row.get("cost")),
        "funding": _one(own, "funding", source=row.get("funding_source")),
        "attributes": [_attribute(own, code, needs.get(code, code)) for code in row["needs"]],
    }
    mine = {name: row[name] for name in _OWN if name in row}
    return {
        **summary(row, at),
        **{name: value for name, value in parts.items() if value},
        OWN: mine,
    }


def summary(row: Row, at: datetime) -> Page:
    """Write what a list shows of a service: whatever it has one of."""
    organization = part_id(NAMES, row["provider"])
    plain = {
        str(place[0]): row[name]
        for name, place in PLACES.items()
        if len(place) == 1 and name in row
    }
    return {
        "status": ACTIVE,
        **plain,
        "organization_id": organization,
        "organization": {
            "id": organization,
            "name": row["organization"],
            "description": row["organization_description"],
        },
        "last_modified": stamp(at),
    }


def _locations(row: Row) -> Iterator[Page]:
    if "venue" not in row and "accessibility" not in row:
        return
    own: str = row["id"]
    location: Page = {
        "id": part_id(own, "location"),
        "location_type": "physical" if "venue" in row else "virtual",
    }
    if "venue" in row:
        location["addresses"] = [
            {
                "id": part_id(own, "address"),
                "address_1": row["venue"],
                "city": row["town"],
                "state_province": "England",
                "postal_code": row["postcode"],
                "country": "GB",
                "address_type": "physical",
            }
        ]
    if "accessibility" in row:
        location["accessibility"] = _one(own, "accessibility", description=row["accessibility"])
    yield {"id": part_id(own, "at"), "location_id": location["id"], "location": location}


def _one(own: str, part: str, **stated: object) -> list[Page]:
    given = {name: value for name, value in stated.items() if value is not None}
    return [{"id": part_id(own, part), **given}] if given else []


def _attribute(own: str, code: str, label: str) -> Page:
    term = {"id": term_id(code), "name": label, "description": label}
    return {
        "id": part_id(own, f"need {code}"),
        "link_type": "service",
        "taxonomy_term": {**term, "taxonomy": NEED, "term": code},
    }


def term_id(code: str) -> str:
    """Return the id of a need as a term, the same each time."""
    return part_id(NAMES, f"need {code}")


def _at(document: object, place: Path) -> Any:  # noqa: ANN401 - whatever JSON holds
    for step in place:
        if isinstance(step, int):
            document = document[step] if isinstance(document, list) and document else None
        else:
            document = document.get(step) if isinstance(document, Mapping) else None
    return document


def _codes(parts: object, read: Callable[[Mapping[str, Any]], Any]) -> list[Any] | None:
    if not isinstance(parts, list):
        return None
    codes = [read(part) for part in parts if isinstance(part, Mapping)]
    return [code for code in codes if code is not None]


def _need(attribute: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever JSON holds
    term = attribute.get("taxonomy_term")
    mine = isinstance(term, Mapping) and term.get("taxonomy") == NEED
    return term.get("term") if mine and isinstance(term, Mapping) else None


def _area(area: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever JSON holds
    uri = area.get("uri")
    return uri.removeprefix(AREA_URI) if isinstance(uri, str) else uri


def _language(language: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever JSON holds
    return language.get("code")
