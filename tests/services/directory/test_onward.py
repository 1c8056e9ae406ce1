"""Who sees what of onward referrals, on a real Postgres, and do the figures come out the same?"""

import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from services.chronology.handlers import Handlers
from services.directory.onward_figures import written
from services.directory.onward_question import Months
from services.domain import events as e
from services.domain.equity_children import Asked
from services.domain.events import Event, agency_of
from services.domain.measures.months import Month, Period
from services.domain.moments import moment, stamp
from services.domain.onward import ACCEPTED
from services.domain.onward_measures import COLUMNS, Row, measured
from services.ledger.freezing import Rules, referrals
from services.ledger.solving import Highs
from services.runtime import clock
from services.runtime.contracts import Contracts
from tests.services.chronology.said import MORNING, erasure, event, link, message, retraction
from tests.services.conftest import Dsn, Pool, pool_of
from tests.services.directory.conftest import Ask
from tests.services.frozen import frozen, quarter
from tests.services.heard import heard

FIGURES, OWN = "/api/v1/onward/measures", "/api/v1/onward/referrals"
MARCH = {"from": "2026-03", "to": "2026-03"}
QUARTER = {"from": "2026-01", "to": "2026-03"}
SPRING = {"from": "2026-03-01", "to": "2026-05-31"}
SCHOOL, VOLUNTARY, CARE = "/norfolk-school/mis", "/norfolk-voluntary/cases", "/norfolk-csc/cases"
Say = Callable[..., Awaitable[None]]


@pytest.fixture
async def say(dsn: Dsn, contracts: Contracts) -> AsyncIterator[Say]:
    """Tell chronology of events, and the ledger of what it makes of them."""
    async with pool_of(dsn("chronology")) as pool:

        async def told(*events: Event) -> None:
            await Handlers(pool, gather_ms=0).handle([message(one) for one in events])
            await heard(dsn, contracts.policy())

        yield told


def made(
    record: str, ref: str = "S-1", day: int = 0, provider: str = "open-door", source: str = SCHOOL
) -> Event:
    return _said(
        e.SERVICE_REFERRED, record, ref, day, source, kind="mentoring", provider=provider,
        sector="voluntary", child={"age": 14, "area": "E10000020"},
    )  # fmt: skip


def answered(type_: str, record: str, ref: str = "S-1", day: int = 3, **facts: Any) -> Event:  # noqa: ANN401 - facts are whatever the schema says
    return _said(type_, record, ref, day, VOLUNTARY, **facts)


def _said(type_: str, record: str, ref: str, day: int, source: str, **facts: Any) -> Event:  # noqa: ANN401 - as above
    one = event(
        record, f"{type_} {record[-4:]} {ref} {day}", kind=type_, source=source,
        facts={"service_ref": ref, **facts},
    )  # fmt: skip
    return replace(one, agency=agency_of(source), time=MORNING + timedelta(days=day))


def ref(number: int) -> str:
    return f"{number:032x}"


def crowd(size: int, *, first: int = 0, provider: str = "open-door") -> Iterable[Event]:
    """Children who were each referred once, and taken on after 4 days."""
    for number in range(first, first + size):
        yield made(ref(number), provider=provider)
        yield answered(ACCEPTED, ref(number), day=4)


async def row(ask: Ask, persona: str, group: str = "total", **query: str) -> dict[str, Any]:
    answer = await ask(persona, FIGURES, **(MARCH | {"by": "provider"} | query))
    assert answer.status_code == 200, answer.text
    (found,) = [one for one in answer.json()["rows"] if one["group"] == group]
    return dict(found)


async def items(ask: Ask, persona: str, **query: str) -> list[dict[str, Any]]:
    answer = await ask(persona, OWN, **(SPRING | query))
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_a_mentoring_referral_is_followed_by_who_made_it_and_who_provides(
    ask: Ask, say: Say
) -> None:
    """Made, declined for capacity, made again elsewhere, accepted, started, ended, helped."""
    school, charity = ref(1), ref(2)
    await say(
        made(school),
        link(charity, school, 1),
        answered(e.SERVICE_DECLINED, charity, day=5, reason_code="capacity"),
        made(school, "S-2", 7, "stepping-stones"),
        answered(ACCEPTED, charity, "S-2", 9),
        answered(e.SUPPORT_STARTED, charity, "S-2", 14),
        answered(e.SUPPORT_ENDED, charity, "S-2", 80, outcome="completed",
                 child_says_it_helped="yes"),
    )  # fmt: skip
    first, second = await items(ask, "norfolk-school")
    assert (first["state"], first["reason"], first["declined_by"]) == (
        "declined", "capacity", "provider",
    )  # fmt: skip
    assert (first["provider"], first["referred_again"], first["made_here"]) == (
        "open-door", True, True,
    )  # fmt: skip
    assert (second["state"], second["helped"], second["provider"]) == (
        "ended", "yes", "stepping-stones",
    )  # fmt: skip
    assert (second["days_to_accept"], second["days_to_start"], second["odd"]) == (2, 7, [])
    provided = await items(ask, "norfolk-voluntary")
    assert [one["made_here"] for one in provided] == [False, False]
    assert [{**one, "made_here": True} for one in provided] == [first, second]


@pytest.mark.parametrize(
    ("persona", "refs"),
    [
        ("norfolk-school", ["S-1", "S-2"]),
        ("norfolk-voluntary", ["S-1", "S-3"]),
        ("norfolk-csc", ["S-3", "S-4"]),
        ("norfolk-health", ["S-2"]),
        ("norfolk-police", []),
        ("police-supervisor", []),
    ],
)
async def test_only_who_made_it_and_who_provides_see_a_referral(
    ask: Ask, say: Say, persona: str, refs: list[str]
) -> None:
    await say(
        made(ref(1), "S-1"),
        made(ref(1), "S-2", 1, "county-camhs"),
        made(ref(2), "S-3", 2, "next-chapter", CARE),
        made(ref(3), "S-4", 3, "county-youth-justice", CARE),
    )
    assert [one["service_ref"] for one in await items(ask, persona)] == refs


@pytest.mark.parametrize("persona", ["pcc-analyst", "pcc-editor", "qa-reviewer", "administrator"])
async def test_who_sees_figures_alone_sees_no_referral(ask: Ask, persona: str) -> None:
    assert (await ask(persona, OWN)).status_code == 403


async def test_nobody_learns_who_the_child_is(ask: Ask, say: Say) -> None:
    await say(*crowd(7))
    for persona, path, query in (
        ("norfolk-school", OWN, SPRING),
        ("qa-reviewer", FIGURES, MARCH),
        ("norfolk-school", FIGURES, MARCH),
    ):
        text = (await ask(persona, path, **query)).text
        assert not [ref(number) for number in range(7) if ref(number) in text]


async def test_that_a_child_was_referred_again_by_another_agency_is_not_told(
    ask: Ask, say: Say
) -> None:
    await say(
        made(ref(1)),
        answered(e.SERVICE_DECLINED, ref(1), reason_code="capacity"),
        made(ref(1), "S-9", 5, "county-camhs", CARE),
    )
    (only,) = await items(ask, "norfolk-school")
    assert only["referred_again"] is False


async def test_all_pages_together_are_all_referrals_each_once(ask: Ask, say: Say) -> None:
    await say(*crowd(7))
    whole = await items(ask, "norfolk-school")
    seen: list[dict[str, Any]] = []
    query: dict[str, str] = {}
    while True:
        page = (await ask("norfolk-school", OWN, **SPRING, limit="3", **query)).json()
        assert page["total"] == 7
        seen += page["items"]
        if page["next"] is None:
            break
        query = {"cursor": page["next"]}
    assert seen == whole
    stolen = await ask("norfolk-voluntary", OWN, **SPRING, limit="3", **query)
    assert stolen.json()["errors"] == [{"pointer": "/query/cursor", "code": "cursor"}]


async def test_figures_count_what_happened_and_who_asks_sees_the_agencies_of_the_area(
    ask: Ask, say: Say
) -> None:
    await say(
        *crowd(20),
        *crowd(10, first=20, provider="county-camhs"),
        *(made(ref(n), source="/kent-police/records") for n in range(50, 60)),
    )
    total = await row(ask, "qa-reviewer")
    assert (total["made"], total["accepted"], total["days_to_accept_median"]) == (30, 30, 4.0)
    assert (await row(ask, "norfolk-school")) == total
    assert (await row(ask, "norfolk-health"))["made"] == 10
    assert (await row(ask, "norfolk-police"))["made"] == 0
    assert (await row(ask, "qa-reviewer", "open-door"))["made"] == 20


async def test_a_small_group_is_hidden_in_every_form(ask: Ask, say: Say) -> None:
    await say(*crowd(30), *crowd(2, first=40, provider="next-chapter"))
    assert (await row(ask, "qa-reviewer", "next-chapter"))["made"] == "c"
    sheet = (await ask("qa-reviewer", FIGURES, **MARCH, format="csv")).content.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(sheet)))
    found = {(line["dimension"], line["group"]): line for line in lines}
    assert {found["provider", "next-chapter"][name] for name in COLUMNS} == {"c"}
    shown = (await ask("qa-reviewer", FIGURES, **MARCH)).json()["rows"]
    assert [[str(one[name]) for name in COLUMNS] for one in shown] == [
        [line[name] for name in COLUMNS] for line in lines
    ]


def test_no_cell_of_a_sheet_is_run_as_a_formula() -> None:
    asked = Months.model_validate(MARCH)
    rows = [Row("area", text, (1, "c")) for text in ("=1+1", "+1", "-1", "@x", "\tx", "plain")]
    sheet = written(rows, asked).decode("utf-8-sig")
    groups = [line[3] for line in csv.reader(io.StringIO(sheet))][1:]
    assert groups == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "plain"]


async def test_the_office_is_given_a_quarter_as_it_was_known_and_never_anything_else(
    ask: Ask, say: Say, dsn: Dsn, contracts: Contracts, pool: Pool
) -> None:
    await say(*crowd(20), *crowd(2, first=40, provider="next-chapter"))
    assert (await ask("pcc-analyst", FIGURES, **QUARTER)).status_code == 404
    known_at = clock.now()
    await say(made(ref(60)))  # is not known yet then
    assert await frozen(dsn, contracts, quarter("2026-01"), known_at) == [quarter("2026-01")]
    shown = (await ask("pcc-analyst", FIGURES, **QUARTER)).json()
    assert shown["release"]["number"] == 1
    assert shown["as_of"] == shown["release"]["known_at"] == stamp(known_at)
    by_group = {(one["dimension"], one["group"]): one["made"] for one in shown["rows"]}
    assert by_group["sector", "total"] == by_group["sector", "voluntary"] == 22
    assert by_group["provider", "next-chapter"] == by_group["provider", "open-door"] == "c"
    assert (by_group["sector", "statutory"], by_group["provider", "county-camhs"]) == (0, 0)

    live = (await ask("qa-reviewer", FIGURES, **QUARTER)).json()["rows"]
    assert [(one["dimension"], one["group"]) for one in shown["rows"]] == [
        (one["dimension"], one["group"]) for one in live
    ]
    await say(*crowd(30, first=70), erasure(ref(3), ref(3)))
    after = Period(Month(2026, 4), Month(2026, 5))
    assert await frozen(dsn, contracts, after, moment("2099-01-01T00:00:00Z")) == []
    assert (await ask("pcc-editor", FIGURES, **QUARTER)).json() == shown
    assert (await row(ask, "pcc-analyst", **QUARTER))["made"] == 22
    assert (await row(ask, "qa-reviewer", **QUARTER))["made"] == 53
    sheet = (await ask("pcc-analyst", FIGURES, **QUARTER, format="csv")).content.decode("utf-8-sig")
    assert [[str(one[name]) for name in COLUMNS] for one in shown["rows"]] == [
        [line[name] for name in COLUMNS] for line in csv.DictReader(io.StringIO(sheet))
    ]
    readings = "SELECT row_count FROM audit_entry WHERE agency = 'norfolk-opcc' ORDER BY seq"
    looked = [row["row_count"] for row in await pool.fetch(readings)]
    assert [bool(rows) for rows in looked] == [
        False,
        True,
        True,
        True,
        True,
    ]  # also what found nothing


@pytest.mark.parametrize("persona", ["pcc-analyst", "pcc-editor"])
@pytest.mark.parametrize(
    ("first", "last", "ends"),
    [
        ("2026-03", "2026-03", ["from"]),
        ("2026-01", "2026-06", ["to"]),
        ("2025-12", "2026-02", ["from", "to"]),
    ],
)
async def test_months_off_the_grid_are_refused_to_who_may_not_see_cases(
    ask: Ask, persona: str, first: str, last: str, ends: list[str]
) -> None:
    answer = await ask(persona, FIGURES, **{"from": first, "to": last})
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        (f"/query/{end}", "off-the-grid") for end in ends
    ]
    assert all(one["message"] for one in answer.json()["errors"])
    for other in ("qa-reviewer", "norfolk-school", "police-supervisor"):
        assert (await ask(other, FIGURES, **{"from": first, "to": last})).status_code == 200


def lives(seed: int) -> Iterable[Event]:
    """Invented children with one to three referrals each, whatever becomes of them; in no order."""
    rng = Random(seed)  # noqa: S311 - nothing hidden rests on it
    said: list[Event] = []
    for number in range(60):
        for turn in range(rng.randint(1, 3)):
            day, name = rng.randint(0, 27), f"S-{rng.randint(1, 2)}"
            said.append(made(ref(number), name, day, rng.choice(("open-door", "county-camhs"))))
            kinds = [ACCEPTED, e.SERVICE_DECLINED, e.SUPPORT_STARTED, e.SUPPORT_ENDED]
            for kind in rng.sample(kinds, rng.randint(0, 4)):
                facts = {"reason_code": "capacity"} if kind == e.SERVICE_DECLINED else {}
                later = day + rng.randint(0, 30) + turn
                said.append(answered(kind, ref(number), name, later, **facts))
    by_key = list({one.key: one for one in said}.values())
    wrong = rng.sample(by_key, 20)
    undone = [
        replace(
            retraction(str(one.record_ref), f"undo {one.id}", one.key),
            source=one.source,
            agency=one.agency,
        )
        for one in wrong
    ]
    links = [link(ref(number), ref(number + 1), 1) for number in rng.sample(range(59), 10)]
    mixed = [*by_key, *undone, *links]
    rng.shuffle(mixed)
    return mixed


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_figures_are_what_whole_histories_come_to(
    ask: Ask, say: Say, dsn: Dsn, contracts: Contracts, seed: int
) -> None:
    told = list(lives(seed))
    for part in (told[: len(told) // 2], told[len(told) // 2 :], [erasure(ref(59), ref(59))]):
        await say(*part)
        rules = Rules(contracts.policy(), contracts.directory(), Highs())
        near = ("norfolk-school", "norfolk-csc")
        asked = Asked(moment("2026-03-01T00:00:00Z"), moment("2026-03-31T23:00:00Z"), near)
        async with pool_of(dsn("ledger")) as pool, pool.acquire() as connection:
            whole = await referrals(connection, asked, rules, clock.now())
        rows = measured(whole, {}, rules.limits.fewest_for_a_median)
        shown = (await ask("qa-reviewer", FIGURES, **MARCH)).json()["rows"]
        found = {(one["dimension"], one["group"]): one for one in shown}
        for one in rows:
            values = [found[one.dimension, one.group][name] for name in COLUMNS]
            assert values == list(one.values)
        assert len(whole) > 30


async def test_what_was_sent_in_error_is_not_counted_and_a_day_later_nothing_is(
    ask: Ask, say: Say
) -> None:
    wrong = made(ref(1), "S-2")
    undo = replace(retraction(ref(1), "undo", wrong.key), source=SCHOOL, agency="norfolk-school")
    await say(*crowd(8), wrong, undo, made(ref(90), day=31))
    assert (await row(ask, "qa-reviewer"))["made"] == 8
    assert len(await items(ask, "norfolk-school")) == 9


async def test_an_erased_child_stays_in_the_figures_and_leaves_the_list(ask: Ask, say: Say) -> None:
    await say(*crowd(8), answered(e.SUPPORT_STARTED, ref(3), day=9))
    before = await row(ask, "qa-reviewer")
    await say(erasure(ref(3), ref(3)))
    assert await row(ask, "qa-reviewer") == before
    assert before["made"] == 8
    assert len(await items(ask, "norfolk-school")) == 7


async def test_each_reading_is_on_record_and_without_the_record_nothing_is_read(
    ask: Ask, say: Say, pool: Pool
) -> None:
    await say(*crowd(8))
    await row(ask, "qa-reviewer")
    await items(ask, "norfolk-school", state="accepted")
    rows = await pool.fetch("SELECT * FROM audit_entry ORDER BY seq")
    assert [(one["action"], one["agency"], one["row_count"]) for one in rows] == [
        ("onward-measures-read", "norfolk-qa", 8), ("onward-referrals-read", "norfolk-school", 8),
    ]  # fmt: skip
    await pool.execute("ALTER TABLE audit_entry ADD CHECK (row_count < 0) NOT VALID")
    for persona, path, query in (
        ("qa-reviewer", FIGURES, MARCH), ("norfolk-school", OWN, SPRING),
    ):  # fmt: skip
        assert (await ask(persona, path, **query)).status_code == 503


async def test_the_database_shows_nothing_to_who_has_not_said_who_they_are(
    readers: Pool, say: Say
) -> None:
    await say(*crowd(8))
    since, before = MORNING - timedelta(days=1), MORNING + timedelta(days=1)
    for question in (
        "SELECT * FROM ledger.counted_onward($1, $2, 28)",
        "SELECT * FROM ledger.seen_onward WHERE made_at BETWEEN $1 AND $2",
    ):
        with pytest.raises(Exception, match="nobody has said who asks"):
            await readers.fetch(question, since, before)


@pytest.mark.parametrize(
    ("path", "query", "faults"),
    [
        (FIGURES, {"from": "2026-04", "to": "2026-03"}, [("/query/to", "before-from")]),
        (FIGURES, {"from": "2020-01", "to": "2025-01"}, [("/query/from", "too-many-months")]),
        (FIGURES, {"from": "2099-01", "to": "2099-01"}, [("/query/to", "month-not-complete")]),
        (FIGURES, {"from": "2026-03"}, [("/query/to", "missing")]),
        (FIGURES, MARCH | {"by": "child"}, [("/query/by", "literal_error")]),
        (OWN, {"from": "2026-03-02", "to": "2026-03-01"}, [("/query/to", "before-from")]),
        (OWN, {"from": "0001-01-01", "to": "9999-12-31"}, [("/query/from", "too-many-days")]),
        (OWN, {"from": "2026-02-30"}, [("/query/from", "value_error")]),
        (OWN, {"cursor": "x"}, [("/query/cursor", "cursor")]),
    ],
)  # fmt: skip
async def test_a_parameter_that_makes_no_sense_is_named(
    ask: Ask, path: str, query: dict[str, str], faults: list[tuple[str, str]]
) -> None:
    answer = await ask("norfolk-school", path, **query)
    assert answer.status_code == 422, answer.text
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == faults


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_the_first_and_the_last_day_that_there_are_can_be_asked_for(
    ask: Ask, day: str
) -> None:
    answer = await ask("norfolk-school", OWN, **{"from": day, "to": day})
    assert (answer.status_code, answer.json()["total"]) == (200, 0)
