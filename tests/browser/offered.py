"""What reviewers and agencies are shown beside the world: referrals read twice, and offers."""

from collections.abc import Iterator
from typing import Final

import asyncpg
import msgspec

from services.chronology.compose import compose
from services.directory import reading, store
from services.directory.catalogue import Catalogue
from services.domain.chronology import Chronology
from services.domain.grades import GRADED
from services.domain.moments import moment
from services.ledger.beliefs import Standing
from services.ledger.cases import cases_of
from services.ledger.facts import Counting, Found
from services.ledger.handlers import keep
from services.runtime.contracts import Contracts
from tests.domain.rules import build as b
from tests.services.conftest import Dsn, Pool

PAIRS: Final = 24
_GRADES: Final = {
    "overall": ("good", "requires-improvement", "inadequate", "good"),
    "voice_of_child": ("good", "good", "good", "good"),
}
"""The grades that the first reader gives by turns; the second agrees, but of each fourth."""
_EVENT: Final = """
INSERT INTO event (source, id, type, time, record_ref, feature_version, revision, body,
                   child_version)
VALUES ($1, $2, $3, $4, $5, 1, 0, $6, 1)
"""


async def fill(dsn: Dsn, contracts: Contracts) -> None:
    """Have referrals of a month read by two readers each, and the county's offers in."""
    async with asyncpg.create_pool(dsn("chronology"), min_size=1) as pool:
        for number in range(PAIRS):
            await _read_twice(pool, number)
        composed = await compose(pool, [_child(number) for number in range(PAIRS)])
    await _heard(
        dsn, contracts, [Chronology.from_wire(msgspec.json.decode(one.value)) for one in composed]
    )
    async with asyncpg.create_pool(dsn("directory"), min_size=1) as pool:
        await store.keep(pool, reading.read_files(Catalogue.load(contracts)), store.FILES)


async def _heard(dsn: Dsn, contracts: Contracts, children: list[Chronology]) -> None:
    """Have the ledger keep the referrals of these children, and count nothing of them."""
    policy = contracts.policy()
    found = {one.child_ref: Found((1, 1), (), cases_of(one, policy)) for one in children}
    heard = [Standing(ref, 1, 1, None, erased=False) for ref in found]
    async with asyncpg.create_pool(dsn("ledger"), min_size=1) as pool:
        await keep(pool, heard, [], Counting(None, found))


def _child(number: int) -> str:
    return f"{number:032x}"


async def _read_twice(pool: Pool, number: int) -> None:
    child = _child(number)
    await pool.execute("INSERT INTO child VALUES ($1)", child)
    await pool.execute("INSERT INTO record VALUES ($1, $1)", child)
    for one in _events(number):
        key = (one["source"], one["id"])
        said = msgspec.json.encode(one)
        await pool.execute(_EVENT, *key, one["type"], moment(one["time"]), child, said)


def _events(number: int) -> Iterator[b.Wire]:
    ref = f"TWICE-{number}"
    yield b.made("2026-02-03 09:00", referral_ref=ref, id=f"made-{ref}")
    first = {name: grades[number % 4] for name, grades in _GRADES.items()}
    if number == 0:
        first["recognition"] = "good"
    second = first | ({"overall": "requires-improvement"} if number % 4 == 0 else {})
    for auditor, grades in (("a", first), ("b", second)):
        yield b.event(
            GRADED, "2026-03-01 09:00", "/norfolk-qa/pages", id=f"{ref}-{auditor}",
            referral_ref=ref, blind=auditor == "b", grades=grades,
            practitioner={"staff_ref": auditor, "role": "auditor", "unit": "quality-assurance"},
        )  # fmt: skip
