"""What does `GET /api/v1/equity-pack` give, to whom? On a real Postgres."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from services.dashboards.pack_file import safe, table
from services.domain.gaps import Gap
from services.domain.measures.months import Month, Period
from services.domain.moments import moment, stamp
from services.runtime import clock
from services.runtime.asking import asking
from services.runtime.auth import Caller
from services.runtime.contracts import Contracts
from tests.gaps import gap
from tests.services.conftest import Dsn, Pool
from tests.services.dashboards.conftest import Ask, Tell
from tests.services.dashboards.put import put, retract
from tests.services.frozen import OFFICE, frozen, quarter

PATH = "/api/v1/equity-pack"
RULE = "equity.no_appropriate_adult"
MARCH = {"from": "2026-03", "to": "2026-03"}
SPRING = {"from": "2026-01", "to": "2026-03"}
OVER = moment("2026-07-01T00:00:00Z")
LATER = moment("2099-01-01T00:00:00Z")
ALLOWED = {
    "/query/from": "01, 04, 07, 10.",
    "/query/to": "the block of 3 that `from` is in.",
}


async def detained(pool: Pool, number: int, ethnicity: str | None, **changes: Any) -> Any:  # noqa: ANN401 - fields of the event
    child = {"age": 15, "sex": "M"} | ({} if ethnicity is None else {"ethnicity": ethnicity})
    facts = {"child": child | changes.pop("child", {})}
    return await put(pool, f"d-{number}", child_ref=f"c-{number}", facts=facts, **changes)


def found(number: int, **changes: Any) -> Gap:  # noqa: ANN401 - any field of a gap
    return gap(
        number,
        rule=RULE,
        agency="norfolk-police",
        child_ref=f"c-{number}",
        anchor=("/norfolk-police/cases", f"d-{number}"),
        opens_at=moment("2026-03-02T12:00:00Z"),
        **changes,
    )


async def opened(
    ask: Ask, persona: str = "qa-reviewer", months: dict[str, str] = MARCH
) -> dict[str, str]:
    answer = await ask(persona, PATH, **months)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def ethnicity(files: dict[str, str]) -> dict[str, tuple[str, str, str]]:
    rows = csv.DictReader(io.StringIO(files["findings.csv"]))
    return {
        row["group"]: (row["children"], row["found"], row["not_found"])
        for row in rows
        if (row["rule"], row["dimension"]) == (RULE, "ethnicity")
    }


async def test_the_numbers_are_those_that_one_counts_by_hand(
    ask: Ask, tell: Tell, chronology_pool: Pool
) -> None:
    for number in range(1, 41):  # 20 White of whom 8 are found, 14 Black of whom 7, 6 unknown: 6
        code = "WBRI" if number <= 20 else "BCRB" if number <= 34 else None
        await detained(chronology_pool, number, code)
    for number in (*range(1, 9), *range(21, 28), *range(35, 41)):
        await tell(found(number), child_ref=f"c-{number}")
    await put(chronology_pool, "again", child_ref="c-1", facts={"child": {"age": 15, "sex": "M"}})
    # none of these is counted: an adult, another month, another county, sent in error
    await detained(chronology_pool, 41, "WBRI", child={"age": 18})
    await detained(chronology_pool, 42, "WBRI", at="2026-02-28T23:59:59Z")
    await detained(chronology_pool, 43, "WBRI", agency="kent-police")
    await retract(chronology_pool, await detained(chronology_pool, 44, "WBRI"))
    files = await opened(ask)
    assert ethnicity(files) == {
        "White": ("20", "8", "12"),
        "Mixed": ("0", "0", "0"),
        "Asian": ("0", "0", "0"),
        "Black": ("14", "7", "7"),
        "Other": ("0", "0", "0"),
        "Unknown": ("6", "6", "0"),
        "Total": ("40", "21", "19"),
    }


async def test_only_the_sender_may_take_an_event_out_of_the_count(
    ask: Ask, chronology_pool: Pool
) -> None:
    for number in range(1, 7):
        await retract(
            chronology_pool, await detained(chronology_pool, number, "WBRI"), by="norfolk-csc"
        )
    assert ethnicity(await opened(ask))["White"] == ("6", "0", "6")


async def test_small_numbers_leave_the_house_in_no_file(
    ask: Ask, tell: Tell, chronology_pool: Pool
) -> None:
    for number in range(1, 41):
        await detained(chronology_pool, number, "WBRI" if number <= 37 else "BCRB")
    await tell(found(40), child_ref="c-40")
    rows = ethnicity(await opened(ask))
    assert rows["Black"] == ("c", "c", "c")
    assert rows["White"] == ("c", "c", "c")
    assert rows["Total"][1:] == ("c", "c")


async def test_limits_come_first_and_say_what_a_difference_is_not(ask: Ask) -> None:
    files = await opened(ask)
    assert next(iter(files)) == "README.txt"
    readme = files["README.txt"]
    assert readme.index("LIMITS") < readme.index("WHAT IS COUNTED")
    for said in ("association, not proof of bias", "Policy version ", "as known at 20", RULE):
        assert said in readme
    assert set(files) == {
        "README.txt", "findings.csv", "stages.csv", "not-reported.csv", "pack.json",
    }  # fmt: skip


@pytest.mark.parametrize("persona", ["pcc-analyst", "pcc-editor", "qa-reviewer"])
async def test_who_may_read_it_is_written_down(
    ask: Ask, persona: str, dashboards_pool: Pool, dsn: Dsn, contracts: Contracts
) -> None:
    await frozen(dsn, contracts, quarter("2026-01"), OVER)
    await opened(ask, persona, SPRING)
    (row,) = await dashboards_pool.fetch("SELECT * FROM audit_entry")
    assert (row["subject"], row["action"], row["marks"]) == (persona, "equity-pack-read", [])


@pytest.mark.parametrize(
    "persona", ["norfolk-police", "police-supervisor", "administrator", "norfolk-csc"]
)
async def test_others_are_refused(ask: Ask, persona: str) -> None:
    assert (await ask(persona, PATH, **MARCH)).status_code == 403


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-03", "2026-02"),
        ("2026-13", "2026-03"),
        ("2020-01", "2026-01"),
        ("2026-03", "2098-01"),
    ],
)
async def test_only_whole_past_months_may_be_asked_for(ask: Ask, first: str, last: str) -> None:
    for persona in ("pcc-analyst", "qa-reviewer"):
        answer = await ask(persona, PATH, **{"from": first, "to": last})
        assert answer.status_code == 422


async def test_the_office_is_given_a_quarter_as_it_was_known_and_never_anything_else(
    ask: Ask, tell: Tell, chronology_pool: Pool, dsn: Dsn, contracts: Contracts
) -> None:
    for number in range(1, 41):
        await detained(chronology_pool, number, "WBRI" if number <= 20 else "BCRB")
    for number in (*range(1, 9), *range(21, 31)):
        await tell(found(number), child_ref=f"c-{number}")
    assert (await ask("pcc-analyst", PATH, **SPRING)).status_code == 404
    known_at = clock.now()
    await detained(chronology_pool, 41, "WBRI", at="2026-03-31T09:00:00Z", stored_at=LATER)
    assert await frozen(dsn, contracts, quarter("2026-01"), known_at) == [quarter("2026-01")]
    first = await opened(ask, "pcc-analyst", SPRING)
    assert ethnicity(first)["White"] == ("20", "8", "12")
    assert ethnicity(first)["Total"] == ("40", "18", "22")
    said = json.loads(first["pack.json"])
    assert said["release"] == 1
    assert said["as_of"] == said["known_at"] == stamp(known_at)
    assert "Of release 1:" in first["README.txt"]

    await detained(chronology_pool, 42, "WBRI")  # comes in late, and a gap is taken back
    await tell(version=2, child_ref="c-1")
    assert await frozen(dsn, contracts, Period(Month(2026, 4), Month(2026, 5)), LATER) == []
    assert await opened(ask, "pcc-analyst", SPRING) == first
    assert ethnicity(await opened(ask, "qa-reviewer", SPRING))["White"] == ("22", "7", "15")


async def test_a_quarter_is_frozen_once_its_months_are_all_published(
    ask: Ask, dsn: Dsn, contracts: Contracts
) -> None:
    assert await frozen(dsn, contracts, Period(Month(2026, 1), Month(2026, 2)), OVER) == []
    assert (await ask("pcc-analyst", PATH, **SPRING)).status_code == 404
    march = Period(Month(2026, 3), Month(2026, 3))
    assert await frozen(dsn, contracts, march, OVER) == [quarter("2026-01")]
    assert (await ask("pcc-analyst", PATH, **SPRING)).status_code == 200


@pytest.mark.parametrize("persona", ["pcc-analyst", "pcc-editor"])
@pytest.mark.parametrize(
    ("first", "last", "ends"),
    [
        ("2026-03", "2026-03", ["from"]),
        ("2026-01", "2026-02", ["to"]),
        ("2026-01", "2026-06", ["to"]),
        ("2025-12", "2026-02", ["from", "to"]),
        ("2026-02", "2026-04", ["from", "to"]),
        ("2025-04", "2026-03", ["to"]),
    ],
)
async def test_months_off_the_grid_are_refused_to_who_may_not_see_cases(  # noqa: PLR0913 - fixtures
    ask: Ask, dsn: Dsn, contracts: Contracts, persona: str, first: str, last: str, ends: list[str]
) -> None:
    await frozen(dsn, contracts, Period(Month(2025, 1), Month(2026, 6)), OVER)
    answer = await ask(persona, PATH, **{"from": first, "to": last})
    assert answer.status_code == 422
    faults = {one["pointer"]: one for one in answer.json()["errors"]}
    assert list(faults) == [f"/query/{end}" for end in ends]
    assert {one["code"] for one in faults.values()} == {"off-the-grid"}
    assert all(one["message"].endswith(ALLOWED[one["pointer"]]) for one in faults.values())
    assert (await ask("qa-reviewer", PATH, **{"from": first, "to": last})).status_code == 200


async def test_the_database_itself_gives_it_to_the_office_that_it_was_published_to_alone(
    dashboards_readers: Pool, dsn: Dsn, contracts: Contracts
) -> None:
    await frozen(dsn, contracts, quarter("2026-01"), OVER)
    office = Caller("s", OFFICE, "pcc-analyst")
    reviewer = Caller("s", "norfolk-qa", "qa-reviewer")
    for caller, held in ((office, 2), (replace(office, areas=()), 0), (reviewer, 0)):
        async with asking(dashboards_readers, caller) as connection:
            packs = await connection.fetchval("SELECT count(*) FROM ledger.seen_release_pack")
            assert packs == held


async def test_the_dashboards_cannot_read_what_the_functions_read(dashboards_pool: Pool) -> None:
    for relation in ("event", "record", "retraction"):
        allowed = await dashboards_pool.fetchval(
            "SELECT has_table_privilege($1, 'SELECT')", f"chronology.{relation}"
        )
        assert not allowed


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe(text) == f"'{text}"
    assert table(("a",), [(text,)]).decode("utf-8-sig").split("\r\n", 1)[1].strip('"')[0] == "'"
    assert (safe("White"), safe(0)) == ("White", 0)
