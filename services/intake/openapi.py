"""How is what intake takes and answers described to those who build against it?"""

from typing import Any, Final

from services.intake.answers import BatchAnswer, Receipt
from services.runtime.refusals import refusal

Responses = dict[int | str, dict[str, Any]]

_WORDS: Final = {
    400: "The body is not JSON in UTF-8, or not XML; says where, where that is known.",
    401: "Nobody we know.",
    403: "This caller may not.",
    404: "Nothing that this caller may see.",
    409: "The same source and id with another content, or a ref that several children share;"
    " or nothing is left to be decided.",
    410: "What is asked for is no more.",
    413: "Too large: 256 kB an event, 1,000 events or 10 MB a batch, 50 MB a file.",
    415: "A content type that is not read here.",
    422: "Every fault, by pointer; no value is repeated.",
    429: "Too much at once from this agency; see Retry-After.",
    503: "Something is away, or too much waits; see Retry-After.",
}
_RETRY: Final = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}


def responses(success: dict[int, dict[str, Any]], *refusals: int) -> Responses:
    """Describe what a route answers: its successes, and refusals by their status."""
    described: Responses = dict(success.items())
    return described | _problems(*refusals)


def _problems(*statuses: int) -> Responses:
    return {
        status: {
            **refusal(_WORDS[status]),
            **({"headers": _RETRY} if status in {429, 503} else {}),
        }
        for status in statuses
    }


_CHILD: Final = {"local_id": "P-48213", "date_of_birth": "2010-02-11", "sex": "M"}
_DATA: Final = {
    "child": _CHILD,
    "custody_ref": "C-2026-0311",
    "practitioner": {"ref": "PC-7", "role": "investigator", "unit": "general-cid"},
}
_EVENT: Final = {
    "specversion": "1.0",
    "source": "/norfolk-police/custody",
    "id": "custody-48213-1",
    "type": "police.child-detained.v1",
    "time": "2026-03-03T22:10:00Z",
    "data": _DATA,
}
_ATTRIBUTES: Final = {
    "specversion": {"const": "1.0"},
    "source": {
        "type": "string",
        "maxLength": 100,
        "description": "/<agency>/<system>; the agency is the caller's own.",
    },
    "id": {"type": "string", "maxLength": 200, "description": "Unique within source."},
    "type": {"type": "string", "maxLength": 100, "description": "One of schemas/events/."},
    "time": {
        "type": "string",
        "format": "date-time",
        "description": "When it happened; at most 5 minutes ahead.",
    },
    "data": {"type": "object", "description": "As schemas/events/<type>.json says."},
}
_EVENT_SCHEMA: Final = {
    "type": "object",
    "description": "A CloudEvent 1.0; extension attributes are accepted and not kept.",
    "required": list(_ATTRIBUTES),
    "properties": _ATTRIBUTES,
}
_CE_HEADERS: Final = [
    {
        "name": f"ce-{name}",
        "in": "header",
        "required": False,
        "description": "Binary mode only.",
        "schema": {"type": "string"},
    }
    for name in ("specversion", "source", "id", "type", "time")
]

EVENTS_BODY: Final[dict[str, Any]] = {
    "parameters": _CE_HEADERS,
    "requestBody": {
        "required": True,
        "content": {
            "application/cloudevents+json": {"schema": _EVENT_SCHEMA, "example": _EVENT},
            "application/cloudevents-batch+json": {
                "schema": {"type": "array", "maxItems": 1000, "items": _EVENT_SCHEMA},
                "example": [_EVENT],
            },
            "application/json": {
                "schema": {
                    "type": "object",
                    "description": "Binary mode: the data alone, attributes in ce- headers.",
                },
                "example": _DATA,
            },
        },
    },
}
EVENTS_RESPONSES: Final[Responses] = {
    **_problems(400, 401, 403, 409, 413, 415, 422, 429, 503),
    200: {
        "model": Receipt | BatchAnswer,
        "description": "A duplicate of what is kept, or the answers to a batch.",
    },
    202: {"model": Receipt, "description": "Kept for good."},
}

_FILES: Final = {
    "application/xml": "A children in need census as DfE specifies it, up to 50 MB.",
    "text/xml": "The same.",
    "text/csv": "Rows under a header, as the template has it; up to 10 MB.",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "The same as a workbook.",
}
FILE_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            media: {"schema": {"type": "string", "format": "binary", "description": about}}
            for media, about in _FILES.items()
        },
    }
}
FHIR_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/fhir+json": {
                "schema": {
                    "type": "object",
                    "required": ["resourceType", "type", "entry"],
                    "properties": {
                        "resourceType": {"const": "Bundle"},
                        "type": {"const": "message"},
                        "entry": {"type": "array", "items": {"type": "object"}},
                    },
                    "description": "FHIR R4, with a MessageHeader of servicerequest-request.",
                }
            }
        },
    }
}
