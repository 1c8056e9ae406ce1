"""What does `GET /api/v1/measures/{measure}` count, for whom? On a real Postgres."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias

import asyncpg
import pytest

from services.domain.measures.facts import Fact
from services.ledger.beliefs import Standing
from services.ledger.facts import Counting, Found
from services.ledger.handlers import keep
from services.ledger.releasing import bodies, release
from services.ledger.solving import Highs
from services.runtime.contracts import Contracts
from services.runtime.settings import REPOSITORY
from tests.services.dashboards.conftest import Ask

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Count = Callable[..., Any]
PATH = "/api/v1/measures/decision.in-time"


def fact(number: int, day: str, state: str = "met", **changes: Any) -> Fact:  # noqa: ANN401 - any field of a fact
    fields: dict[str, Any] = {
        "unit_id": f"00000000-0000-0000-0000-{number:012}",
        "measure": "decision.in-time",
        "version": 1,
        "child_ref": f"child-{number}",
        "day": date.fromisoformat(day),
        "state": state,
        "agency": "norfolk-csc",
        "unit": "Unknown",
        "area": "E07000148",
        "sex": "Female",
        "ethnicity": "White",
        "age": "14-15",
        "referral_ref": f"R-{number}",
        "source": "/norfolk-police/referrals",
        "event": f"made-{number}",
    }
    return Fact(**fields | changes)


@pytest.fixture
async def count(dsn: Callable[[str], str]) -> AsyncIterator[Count]:
    """Have the ledger count facts of children, as it does when it hears of their chronologies."""
    versions: Iterator[int] = iter(range(1, 1000))
    async with asyncpg.create_pool(dsn("ledger"), min_size=1) as pool:

        async def counted(*facts: Fact) -> datetime:
            version = next(versions)
            children: dict[str, list[Fact]] = {}
            for one in facts:
                children.setdefault(one.child_ref, []).append(one)
            heard = [Standing(ref, 1, version, None, erased=False) for ref in children]
            counting = Counting(
                None, {ref: Found((1, version), tuple(own)) for ref, own in children.items()}
            )
            outcome = await keep(pool, heard, [], counting)
            assert outcome.known_from is not None
            return outcome.known_from

        yield counted


async def measured(ask: Ask, persona: str = "qa-reviewer", **query: str) -> dict[str, Any]:
    answer = await ask(persona, PATH, **{"from": "2026-03", "to": "2026-04"} | query)
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


def counts(figure: dict[str, Any]) -> tuple[int, int, int, int]:
    return (figure["numerator"], figure["denominator"], figure["missing"], figure["not_judged"])


async def test_the_catalogue_says_in_words_what_is_counted(ask: Ask) -> None:
    answer = await ask("pcc-analyst", "/api/v1/measures")
    found = {each["id"]: each for each in answer.json()["measures"]}
    assert len(found) > 20
    assert found["decision.in-time"]["targets"][0]["standing"] == "guidance"
    assert found["decision.in-time"]["denominator"].startswith("referrals about a child")


async def test_what_is_counted_and_what_is_shown_beside(ask: Ask, count: Count) -> None:
    await count(
        fact(1, "2026-03-02"),
        fact(2, "2026-03-31", "missed"),
        fact(3, "2026-04-01"),
        fact(4, "2026-04-30", "missing"),
        fact(5, "2026-04-30", "not-judged"),
        fact(6, "2026-05-01"),
        fact(7, "2025-03-02"),
        fact(8, "2026-01-02", "missed"),
        fact(9, "2026-04-02", measure="feedback.in-time"),
    )
    found = await measured(ask)
    assert counts(found["total"]) == (2, 3, 1, 1)
    assert found["total"]["value"] == pytest.approx(2 / 3)
    assert found["total"]["low"] == pytest.approx(0.2077, abs=1e-4)
    assert found["total"]["high"] == pytest.approx(0.9385, abs=1e-4)
    assert [(each["month"], *counts(each)) for each in found["months"]] == [
        ("2026-03", 1, 2, 0, 0),
        ("2026-04", 1, 1, 1, 1),
    ]
    assert counts(found["period_before"]) == (0, 1, 0, 0)
    assert counts(found["year_before"]) == (1, 1, 0, 0)


async def test_by_one_two_and_none_the_counts_are_the_same(ask: Ask, count: Count) -> None:
    await count(
        fact(1, "2026-03-02"),
        fact(2, "2026-03-02", "missed", sex="Male"),
        fact(3, "2026-03-02", ethnicity="Black"),
    )
    for by in ("sex", "agency", "ethnicity,sex", "sex,agency", "unit,area"):
        rows = (await measured(ask, by=by))["rows"]
        assert (sum(r["numerator"] for r in rows), sum(r["denominator"] for r in rows)) == (2, 3)
    (row,) = (await measured(ask, by="sex", ethnicity="Black"))["rows"]
    assert (row["group"], *counts(row)) == ({"sex": "Female"}, 1, 1, 0, 0)
    total = (await measured(ask, ethnicity="Black", sex="Male"))["total"]
    assert counts(total) == (0, 0, 0, 0)
    assert total["value"] is None


async def test_who_sees_no_case_sees_no_free_figure_and_an_agency_only_its_own(
    ask: Ask, count: Count
) -> None:
    await count(fact(1, "2026-03-02"), fact(2, "2026-03-02", agency="norfolk-health"))
    assert (await measured(ask, "qa-reviewer"))["total"]["denominator"] == 2
    assert (await measured(ask, "norfolk-csc"))["total"]["denominator"] == 1
    assert (await measured(ask, "norfolk-csc", agency="norfolk-health"))["total"]["numerator"] == 0
    assert (await measured(ask, "police-supervisor"))["total"]["denominator"] == 0
    assert (await ask("administrator", PATH)).status_code == 403


async def test_what_was_believed_then_is_counted_as_it_was(ask: Ask, count: Count) -> None:
    first = await count(fact(1, "2026-03-02", "missed"), fact(2, "2026-03-03"))
    second = await count(fact(1, "2026-03-02"))
    assert counts((await measured(ask))["total"])[:2] == (2, 2)
    for at, wanted in (
        (first - timedelta(microseconds=1), (0, 0)),
        (first, (1, 2)),
        (second, (2, 2)),
        (datetime(2020, 1, 1, tzinfo=UTC), (0, 0)),
    ):
        known_at = at.isoformat().replace("+00:00", "Z")
        found = await measured(ask, known_at=known_at, by="sex")
        assert counts(found["total"])[:2] == wanted
        assert sum(row["denominator"] for row in found["rows"]) == wanted[1]


async def test_what_fell_due_later_is_not_counted_yet(ask: Ask, count: Count) -> None:
    await count(fact(1, "2026-03-02"), fact(2, "2026-04-10"), fact(3, "2026-04-11"))
    for as_of, wanted in (
        ("2026-03-02T12:00:00Z", 1),
        ("2026-04-09T12:00:00Z", 1),
        ("2026-04-10T12:00:00+01:00", 2),
        ("2026-05-10T12:00:00Z", 3),
        ("2026-01-10T12:00:00Z", 0),
    ):
        found = await measured(ask, as_of=as_of, by="sex")
        assert found["total"]["denominator"] == wanted
        assert sum(row["denominator"] for row in found["rows"]) == wanted


@pytest.mark.parametrize(
    "query",
    [
        {"by": "sex,sex"},
        {"by": "sex,age", "area": "E07000148"},
        {"from": "2026-04", "to": "2026-03"},
        {"from": "2020-01"},
        {"by": "child_ref"},
        {"colour": "red"},
        {"as_of": "0001-01-01T00:00:00Z"},
    ],
)
async def test_what_cannot_be_asked(ask: Ask, query: dict[str, str]) -> None:
    asked = {"from": "2026-03", "to": "2026-04", **query}
    assert (await ask("qa-reviewer", PATH, **asked)).status_code == 422
    assert (await ask("qa-reviewer", "/api/v1/measures/no.such")).status_code == 404


async def test_no_moment_and_no_cursor_breaks_it(ask: Ask) -> None:
    for known_at in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        assert (await measured(ask, known_at=known_at))["total"]["denominator"] == 0
        assert (await measured(ask, "pcc-editor", known_at=known_at))["release"] is None
    after = "2026-13-45.00000000-0000-0000-0000-000000000000"
    assert (await ask("qa-reviewer", f"{PATH}/cases", after=after)).status_code == 422


async def released(dsn: Callable[[str], str], now: datetime) -> None:
    registry = Contracts.load(REPOSITORY / "schemas").registry
    grid = Contracts.load(REPOSITORY / "schemas").grid()
    (body,) = bodies(registry)
    async with (
        asyncpg.create_pool(dsn("ledger"), min_size=1) as pool,
        pool.acquire() as connection,
        connection.transaction(),
    ):
        await release(connection, body, grid, Highs(), now)


async def test_the_office_sees_what_was_released_and_nothing_beside(
    ask: Ask, count: Count, dsn: Callable[[str], str]
) -> None:
    april = [fact(number, "2026-04-02", sex="Male") for number in range(100, 140)]
    march = [fact(number, "2026-03-02") for number in range(50)]
    await count(*april, *march, fact(200, "2026-05-02", "missed"), fact(201, "2026-06-30"))
    empty = await measured(ask, "pcc-analyst")
    assert (empty["release"], empty["total"]["numerator"]) == (None, None)
    await released(dsn, datetime(2026, 7, 2, tzinfo=UTC))
    asked = {"from": "2026-01", "to": "2026-06"}
    found = await measured(ask, "pcc-analyst", **asked, by="sex")
    assert found["release"]["number"] == 1
    assert [(each["month"], each["numerator"]) for each in found["months"]] == [
        ("2026-01", 0),
        ("2026-02", 0),
        ("2026-03", 50),
        ("2026-04", 40),
        ("2026-05", "c"),
        ("2026-06", "c"),
    ]
    assert found["total"]["numerator"] == "c"
    groups = {row["group"]["sex"]: row["numerator"] for row in found["rows"]}
    assert groups["Female"] == "c"
    assert groups["Unknown"] == 0
    assert found["rows_period"] == {"from": "2026-01", "to": "2026-06"}
    first = await measured(ask, "pcc-editor", **{"from": "2026-01", "to": "2026-03"}, by="sex")
    assert {row["group"]["sex"]: row["numerator"] for row in first["rows"]}["Female"] == 50
    await count(*(one._replace(state="missed") for one in march))
    again = await measured(ask, "pcc-analyst", **{"from": "2026-03", "to": "2026-03"})
    assert again["total"]["numerator"] == 50
    for query in ({"by": "unit"}, {"by": "sex", "agency": "norfolk-csc"}, {"area": "E07000148"}):
        assert (await ask("pcc-analyst", PATH, **query)).status_code == 422


async def test_what_is_too_few_to_hide_among_is_said_not_to_be_published(
    ask: Ask, count: Count, dsn: Callable[[str], str]
) -> None:
    """January is out with seven, of one group each: a table of them could not but tell who."""
    seven = [("White", "Female"), ("White", "Male"), ("Mixed", "Female"), ("Mixed", "Male")]
    seven += [("Asian", "Female"), ("Asian", "Male"), ("Black", "Female")]
    await count(*(fact(n, "2026-01-02", ethnicity=e, sex=s) for n, (e, s) in enumerate(seven)))
    for day in (datetime(2026, 2, 2, tzinfo=UTC), datetime(2026, 4, 2, tzinfo=UTC)):
        await released(dsn, day)
    asked = {"from": "2026-01", "to": "2026-03"}
    found = await measured(ask, "pcc-analyst", **asked, by="ethnicity,sex")
    assert found["rows"] == []
    quarter = {"from": "2026-01", "to": "2026-03"}
    assert {"by": ["ethnicity", "sex"], **quarter} in found["release"]["not_published"]
    said = "Not published, for too few were counted: January 2026 to March 2026 by "
    assert [line for line in found["sentences"] if line.startswith(said)]
    (row,) = (await measured(ask, "pcc-analyst", **asked, by="agency"))["rows"]
    assert row["denominator"] == 7
    assert (await measured(ask, "pcc-analyst", **asked, by="ethnicity"))["rows"] == []
    for kind in ("csv", "json"):
        answer = await ask("pcc-analyst", PATH, **asked, by="ethnicity,sex", format=kind)
        assert said in answer.text, kind


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
async def test_a_file_is_named_and_marked_and_not_kept(ask: Ask, kind: str) -> None:
    answer = await ask("qa-reviewer", PATH, format=kind, **{"from": "2026-03", "to": "2026-04"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="decision.in-time-2026-03-to-2026-04-OFFICIAL-SENSITIVE.{kind}"'
    )


async def test_the_list_is_as_long_as_the_number_and_says_what_it_withholds(
    ask: Ask, count: Count, dsn: Callable[[str], str]
) -> None:
    known = [fact(number, f"2026-03-{number:02}", "missed") for number in range(1, 8)]
    await count(*known, fact(20, "2026-03-02"), fact(21, "2026-05-02", "missed"))
    async with asyncpg.create_pool(dsn("ledger"), min_size=1) as pool:
        await pool.execute("UPDATE fact SET erased_at = now() WHERE child_ref = 'child-3'")
    number = await measured(ask)
    asked = {"from": "2026-03", "to": "2026-04", "limit": "4"}
    pages = [(await ask("qa-reviewer", f"{PATH}/cases", **asked)).json()]
    pages.append(
        (await ask("qa-reviewer", f"{PATH}/cases", **asked, after=pages[0]["next"])).json()
    )
    listed = [item["child_ref"] for page in pages for item in page["items"]]
    assert listed == [f"child-{each}" for each in (1, 2, 4, 5, 6, 7)]
    missed = number["total"]["denominator"] - number["total"]["numerator"]
    assert {page["total"] for page in pages} == {missed} == {7}
    assert (pages[0]["withheld"], pages[1]["next"]) == (1, None)
    met = (await ask("norfolk-csc", f"{PATH}/cases", state="met", sex="Female", **asked)).json()
    assert [item["child_ref"] for item in met["items"]] == ["child-20"]
    for persona in ("pcc-analyst", "administrator"):
        assert (await ask(persona, f"{PATH}/cases")).status_code == 403
    assert (await ask("norfolk-health", f"{PATH}/cases", **asked)).json()["items"] == []
