"""How is the equity pack written? One zip file: the limits first, then tables, and all as JSON."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import msgspec

from services.domain.equity_pack import (
    STAGE_BEFORE,
    STAGES,
    Pack,
    Row,
    StageRow,
    Unreported,
)
from services.domain.rules.sentences import SENTENCES

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_EVER: Final = (1980, 1, 1, 0, 0, 0)
_README: Final = """\
EQUITY PACK, {first} to {last}

LIMITS: READ THESE FIRST
1. A difference between groups is an association, not proof of bias. It does not say why.
2. Adultification is about how a child is perceived. No data item measures it, nor does anything
   here: these are counts of things owed and not done, and of queries for a person to look at.
3. Nobody is scored: no child, no officer, no unit.
4. What was not recorded has its own row, "Unknown". Where it is large, a ratio between the other
   rows may be the other way round. Never leave it out.
5. Numbers from 1 to 5 are hidden as "c". Others are hidden, and totals with them, where a small
   number could be worked out from what is shown. 0 is shown as 0, and ":" means that there is
   nobody to take a share of.
6. {subtract}
   Every download is written down.
7. Small numbers move by chance: look at the interval (95 %, Wilson), and at a year rather than a
   month or a quarter. With {tests} tables some differences look large by chance alone.
8. What nobody's feed would tell us is not counted as found; see not-reported.csv.
9. Management information, not official statistics.
{withheld}
WHAT IS COUNTED
Children, each once in a stage and once in a rule, of events from {first} to {last} (whole months,
Europe/London) by the agencies of your area. A child is counted in a rule only within the stage
immediately before it, which is its denominator. Ethnicity and sex are those last stated; groups of
ethnicity are White, Mixed, Asian (Chinese included), Black, Other and Unknown (refused, not yet
obtained, or not stated), and are never pooled. Age is that at the child's first event in the
period. Found: a gap of the rule that has opened, whether or not it was closed since.

STAGES
{stages}

RULES
{rules}

FILES
findings.csv      by rule, dimension and group: children in the stage, found, not found, share
stages.csv        by stage, dimension and group: children
not-reported.csv  by rule: children of whom no feed would tell that it was done
pack.json         all of it, to be read by a machine

Policy version {policy}
As of {as_of}; as known at {known_at} (both in UTC)
"""


_FREE: Final = """\
Do not subtract a pack from one of another period: the difference could single out a child."""
_FROZEN: Final = """\
Of release {release}: these months were counted once and for all, and only whole quarters are
   published, so that there is no pack to subtract it from."""


_WITHHELD: Final = """\
10. Not published, for too few were counted, with the rules that count of it: {stages}.
"""


class Stated(NamedTuple):
    """What a pack says of itself; `release`: the number of what was published."""

    first: str
    last: str
    policy: str
    as_of: str
    known_at: str
    release: int | None = None


def zipped(pack: Pack, stated: Stated) -> bytes:
    """Return the zip file; of the same pack always the same bytes."""
    whole = {
        "from": stated.first,
        "to": stated.last,
        "policy_version": stated.policy,
        "as_of": stated.as_of,
        "known_at": stated.known_at,
        "release": stated.release,
        "note": "association, not proof of bias",
        "not_published": pack.withheld,
        "stages": [row._asdict() for row in pack.stages],
        "findings": [row._asdict() for row in pack.rows],
        "not_reported": [row._asdict() for row in pack.unreported],
    }
    files = {
        "README.txt": readme(stated, pack.withheld).encode(),
        "findings.csv": table(Row._fields, pack.rows),
        "stages.csv": table(StageRow._fields, pack.stages),
        "not-reported.csv": table(Unreported._fields, pack.unreported),
        "pack.json": msgspec.json.format(msgspec.json.encode(whole), indent=1),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EVER), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def readme(stated: Stated, withheld: Sequence[str] = ()) -> str:
    """Return the page that comes first: limits, then definitions."""
    stages = "\n".join(f"{name}: {says}" for name, says in STAGES.items())
    rules = "\n".join(
        f"{rule}: {SENTENCES[rule][0]}\n    of: {stage}" for rule, stage in STAGE_BEFORE.items()
    )
    subtract = _FREE if stated.release is None else _FROZEN.format(release=stated.release)
    return _README.format(
        **stated._asdict(),
        subtract=subtract,
        withheld=_WITHHELD.format(stages=", ".join(withheld)) if withheld else "",
        stages=stages,
        rules=rules,
        tests=3 * len(STAGE_BEFORE),
    )


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a table as CSV that no spreadsheet takes for formulas."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([safe(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def safe(value: object) -> object:
    """Return a value so that a spreadsheet shows it and never runs it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
