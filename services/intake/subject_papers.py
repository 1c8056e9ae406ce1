"""On which papers is what is held given to who has to look at it before it is given out?

A folder that only its owner may open: `held.json` with every row, `held.html` and `held.pdf` with
the same in words. Nothing of it is ready to be given out: what may be about others is marked.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import jinja2
import msgspec
import typst

from services.intake.subject_document import Part
from services.intake.subject_rows import Held
from services.intake.subject_text import WHY, told
from services.intake.subject_words import Words

FOLDER: Final = Path(__file__).parent / "papers"
TITLE: Final = "What is held about one child"
MARKING: Final = "FOR REDACTION. Holds a child's data. Not to be given out as it is."
STANDINGS: Final = {
    "statute": "Statute.",
    "guidance": "Guidance.",
    "local": "A local rule.",
    "assumption": "Not legal advice: written from general knowledge, ask who knows the law.",
}
FRONT: Final = """
This is everything that Referral Watch holds about one child, gathered because somebody has asked
for it. It is for the person who checks it before it is given out.

▮ stands before what may be about somebody else: a member of staff, a reference in somebody's
system, another person. A program has put the marks; it misses some and marks too much. Whoever
checks decides about each, and about what has no mark.

Whether and what has to be given out is for the agency that is asked to decide, by the law that
applies to it. This system does not decide it.
""".strip().split("\n\n")


def paper(
    held: Held, parts: Sequence[Part], words: Words, by: str, now: datetime
) -> dict[str, Any]:
    """Lay out what both papers show."""
    size = f"{held.count} rows of {len(held.rows)} tables"
    made = f"Made on {told(now)} by {by}: {size}. That it was made is on record."
    return {
        "title": TITLE,
        "marking": MARKING,
        "front": [*FRONT, made],
        "checks": [
            asdict(one) | {"standing": STANDINGS[one.standing]} for one in words.checks.values()
        ],
        "counts": [f"{WHY[mark]}: {count}" for mark, count in _marked(parts).items()],
        "parts": [_part(part) for part in parts],
        "absent": [*_absent(held, words)],
    }


def html(content: Mapping[str, Any]) -> str:
    """The page; all that is put in is escaped."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    return made.get_template("held.html").render(content)


def pdf(content: Mapping[str, Any]) -> bytes:
    """The same for print: PDF/UA-1."""
    made: bytes = typst.compile(
        (FOLDER / "held.typ").read_bytes(),
        sys_inputs={"held": msgspec.json.encode(content).decode()},
        pdf_standards=["ua-1"],
        format="pdf",
    )
    return made


def write(folder: Path, held: Held, content: Mapping[str, Any]) -> list[Path]:
    """Write the papers into a new folder, readable to its owner alone.

    Raises FileExistsError where there is one already: nothing is written over.
    """
    data = {"marking": MARKING, "child_ref": held.child_ref, "rows": held.rows, "document": content}
    folder.mkdir(mode=0o700, parents=True)
    return [
        _write(folder / name, made)
        for name, made in (
            (
                "FOR-REDACTION.txt",
                f"{MARKING}\nSee held.pdf, the part on what to check.\n".encode(),
            ),
            ("held.json", msgspec.json.format(msgspec.json.encode(data))),
            ("held.html", html(content).encode()),
            ("held.pdf", pdf(content)),
        )
    ]


def _write(path: Path, content: bytes) -> Path:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return path


def _marked(parts: Iterable[Part]) -> dict[str, int]:
    """How many stretches carry each mark."""
    counted: dict[str, int] = {}
    for part in parts:
        for item in part.items:
            for line in item.lines:
                marks = {line.mark, *(run.mark for run in line.runs)} - {"none"}
                for mark in marks:
                    counted[mark] = counted.get(mark, 0) + 1
    return dict(sorted(counted.items()))


def _part(part: Part) -> dict[str, Any]:
    return {
        "title": part.title,
        "intro": part.intro,
        "items": [
            {
                "title": item.title,
                "lines": [
                    {
                        "label": line.label,
                        "mark": line.mark,
                        "why": WHY.get(line.mark, ""),
                        "runs": [asdict(run) | {"why": WHY.get(run.mark, "")} for run in line.runs],
                    }
                    for line in item.lines
                ],
            }
            for item in part.items
        ],
    }


def _absent(held: Held, words: Words) -> Iterator[str]:
    """What no row of is here, and which columns are left out, each with its reason."""
    for table in held.unknown:
        yield f"{table}: held, and nobody has put words to it yet. Look at it in held.json."
    for name, known in sorted(words.tables.items()):
        if known.nothing is not None:
            yield f"{name}: {known.nothing}."
        yield from (f"{name}, {column}: {why}." for column, why in known.left_out.items())
