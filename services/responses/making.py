"""Which document is a version, and how is it made in every format, the same each time?"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from services.domain.responses.blocks import Document
from services.domain.responses.document import composed
from services.domain.responses.folding import as_of
from services.domain.responses.record import Entry, Record, Version, day_of
from services.responses.documents import docx, html, odt, pdf
from services.responses.store import Files

Make = Callable[[Document], bytes]

MAKERS: Final[Mapping[str, Make]] = {
    "html": html.made,
    "pdf": pdf.made,
    "docx": docx.made,
    "odt": odt.made,
}
MEDIA_TYPES: Final[Mapping[str, str]] = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
}


def document(entries: Sequence[Entry], version: Version | None, *, marked: bool) -> Document:
    """Return the document of a version, or of what is there now; dated as its last entry is."""
    seq = entries[-1].seq if version is None else version.seq
    record = as_of(entries, seq)
    return composed(record, _dated(entries, seq), marked=marked)


def published(
    entries: Sequence[Entry], record: Record, kind: str, content: Mapping[str, Any]
) -> Files | None:
    """Return the files of what a step publishes; None where it publishes nothing."""
    step = next((one for one in record.steps if one.id == content.get("id")), None)
    if kind != "done" or step is None or not step.publishes:
        return None
    version = record.versions[-1]
    made = document(entries, version, marked=False)
    return Files(version.number, {name: make(made) for name, make in MAKERS.items()})


def file_name(record: Record, version: Version | None, file_format: str) -> str:
    """Name a file: nothing in it but codes, the day of the report and the version."""
    day = day_of(record.inspection["published_on"])
    which = "draft" if version is None else f"v{version.number}"
    return f"section-55-response-{day.isoformat()}-{which}.{file_format}"


def _dated(entries: Sequence[Entry], seq: int) -> date:
    return next(one.at for one in entries if one.seq == seq).date()
