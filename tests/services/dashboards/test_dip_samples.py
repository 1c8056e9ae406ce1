"""What is a reviewer given to read, and who else is refused? On a real Postgres."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from services.domain.chronology import fold
from services.domain.dip_sample import Candidate, Plan, counts, draw
from services.domain.dip_strata import candidates, month_of
from services.domain.grades import GRADED
from services.domain.moments import moment
from services.runtime.contracts import Contracts
from tests.domain.rules import build as b
from tests.services.conftest import Dsn, Pool
from tests.services.dashboards.conftest import Ask
from tests.services.heard import heard

PATH = "/api/v1/dip-samples/2026-03"
AGREEMENT = f"{PATH}/agreement"

Put = Callable[..., Any]


@pytest.fixture
async def put(dsn: Callable[[str], str]) -> AsyncIterator[Put]:
    """Puts a child's events into the chronology as it would keep them."""
    async with asyncpg.create_pool(dsn("chronology"), min_size=1) as pool:

        async def put_(child: str, *events: b.Wire, erased: bool = False) -> None:
            await pool.execute(
                "INSERT INTO child (child_ref, version, erased) VALUES ($1, 1, $2)", child, erased
            )
            await pool.execute("INSERT INTO record (record_ref, child_ref) VALUES ($1, $1)", child)
            for one in events:
                key = (one["source"], one["id"])
                await pool.execute(
                    "INSERT INTO event (source, id, type, time, record_ref, feature_version, "
                    "revision, body, child_version) VALUES ($1, $2, $3, $4, $5, 1, 0, $6, 1)",
                    *(*key, one["type"], moment(one["time"]), child, msgspec.json.encode(one)),
                )
                if target := one["facts"].get("retracts"):
                    await pool.execute(
                        "INSERT INTO retraction VALUES ($1, $2, $3, $4)",
                        *(*key, target["source"], target["id"]),
                    )

        yield put_


@pytest.fixture
def ask(ask: Ask, dsn: Dsn, contracts: Contracts) -> Ask:
    """Ask once the ledger has heard of what was put."""

    async def asked(persona: str | None, path: str, **query: Any) -> httpx.Response:  # noqa: ANN401 - as it is asked
        await heard(dsn, contracts.policy())
        return await ask(persona, path, **query)

    return asked


def made(number: int, day: int = 3, **said: Any) -> b.Wire:  # noqa: ANN401 - facts
    ref, at = f"R-{number}", f"2026-03-{day:02} 09:00"
    return b.made(at, referral_ref=ref, id=f"made-{number}", **said)


def graded(number: int, auditor: str, grade: str, *, blind: bool) -> b.Wire:
    return b.event(
        GRADED, "2026-04-01 09:00", "/norfolk-qa/pages", id=f"graded-{number}-{auditor}",
        referral_ref=f"R-{number}", blind=blind, grades={"overall": grade},
        practitioner={"staff_ref": auditor, "role": "auditor", "unit": "quality-assurance"},
    )  # fmt: skip


async def told(ask: Ask, path: str = PATH, **query: str) -> dict[str, Any]:
    answer = await ask("qa-reviewer", path, **query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_referral_is_shownby_its_refs_and_strata_and_counted_under_each(
    ask: Ask, put: Put
) -> None:
    girl = {"age": 15, "sex": "F", "ethnicity": "BCRB"}
    nothing = b.decided("2026-03-09 09:00", referral_ref="R-1", decision="no-further-action")
    await put("child-a", made(1, unit="general-cid", child=girl), nothing)
    await put("child-b", made(2))
    found = await told(ask, seed="s")
    assert (found["population"], found["drawn"], found["second_readings"]) == (2, 2, 1)
    assert (found["sex_unknown"], found["ethnicity_unknown"]) == (1, 1)
    by_ref = {one["referral_ref"]: one for one in found["items"]}
    assert len(found["items"]) == 2
    assert by_ref["R-1"]["child_ref"] == "child-a"
    assert by_ref["R-1"]["made_at"] == "2026-03-03T09:00:00Z"
    assert [(one["stratum"], one["group"]) for one in by_ref["R-1"]["strata"]] == [
        ("any", None), ("general-cid", None), ("girls", None),
        ("minority-ethnic", "BCRB"), ("no-further-action", None),
    ]  # fmt: skip
    assert [one["stratum"] for one in by_ref["R-2"]["strata"]] == ["any"]
    assert [
        (one["stratum"], one["group"], one["size"], one["population"], one["drawn"])
        for one in found["strata"]
    ] == [
        ("any", None, 15, 2, 2), ("no-further-action", None, 10, 1, 1),
        ("general-cid", None, 10, 1, 1), ("girls", None, 10, 1, 1),
        ("minority-ethnic", "BCRB", 10, 1, 1),
    ]  # fmt: skip


async def test_the_same_seed_gives_the_same_sample_and_another_month_or_seed_another(
    ask: Ask, put: Put
) -> None:
    for number in range(40):
        await put(f"child-{number}", made(number))
    found = await told(ask, seed="agreed")
    assert found["drawn"] == 15
    assert await told(ask, seed="agreed") == found
    assert (await told(ask, seed="other"))["items"] != found["items"]
    assert (await told(ask, "/api/v1/dip-samples/2026-04", seed="agreed"))["population"] == 0


async def test_what_is_drawn_of_a_few_lots_is_what_is_drawn_of_the_whole_month(
    ask: Ask, put: Put, contracts: Contracts
) -> None:
    """Of 150 children with histories: by seeds, the same as a draw from all of their histories."""
    groups, units = ("WBRI", "BCRB", "REFU", "APKN"), ("general-cid", "response")
    found: list[Candidate] = []
    for number in range(150):
        child = {"age": 12, "sex": "FM"[number % 2], "ethnicity": groups[number % 7 % 4]}
        said = [made(number, unit=units[number % 3 % 2], child=child)]
        if number % 4 == 0:
            decided = b.decided("2026-03-20 09:00", referral_ref=f"R-{number}")
            decided["facts"]["decision"] = "no-further-action"
            said.append(decided | {"id": f"decided-{number}"})
        await put(f"child-{number}", *said)
        folded = fold(b.life(said, f"child-{number}"), contracts.registry)
        own = frozenset({"norfolk-police", "norfolk-csc"})
        found += candidates(folded, contracts.policy(), month_of(2026, 3), own)
    plan = Plan.of(contracts.policy(), date(2026, 3, 1))
    population = Counter(stratum for one in found for stratum in one.strata)
    for seed in ("a", "b", "c", "d"):
        drawn = draw(found, plan, f"2026-03\n{seed}")
        shown = await told(ask, seed=seed)
        assert [(one["referral_ref"], one["second_reader"]) for one in shown["items"]] == [
            (one.candidate.referral_ref, one.second_reader) for one in drawn
        ]
        assert [
            (one["stratum"], one["group"] or "", one["population"], one["drawn"])
            for one in shown["strata"]
        ] == [(*one.stratum, *one[1:]) for one in counts(population, drawn)]
        assert shown["population"] == len(found) == 150
        assert shown["ethnicity_unknown"] == sum(not one.ethnicity_known for one in found)


async def test_what_is_retracted_erased_or_of_another_area_is_not_drawn(ask: Ask, put: Put) -> None:
    wrong = made(1)
    await put("child-a", wrong)
    await put("child-b", b.retracted(wrong))
    await put("child-c", made(2), erased=True)
    await put("child-d", b.made("2026-03-03 09:00", source="/kent-police/referrals"))
    restored, error = made(3), b.retracted(made(3))
    await put("child-e", restored)
    await put("child-f", error, b.retracted(error, "2026-12-02 09:00"))
    assert [one["child_ref"] for one in (await told(ask, seed="s"))["items"]] == ["child-e"]


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        ("norfolk-csc", 403), ("norfolk-police", 403), ("police-supervisor", 403),
        ("pcc-analyst", 403), ("administrator", 403), (None, 401), ("qa-reviewer", 200),
    ],
)  # fmt: skip
async def test_reviewers_alone_are_answered(
    ask: Ask, put: Put, dashboards_pool: Pool, persona: str | None, status: int
) -> None:
    await put("child-a", made(1))
    for path, query in ((PATH, {"seed": "s"}), (AGREEMENT, {})):
        answer = await ask(persona, path, **query)
        assert answer.status_code == status
        assert status == 200 or "child-a" not in answer.text
    rows = await dashboards_pool.fetch("SELECT * FROM audit_entry ORDER BY seq")
    seen = [(row["action"], row["purpose"], row["row_count"]) for row in rows]
    expected = [
        ("dip-sample-drawn", "quality-assurance", 1),
        ("dip-sample-agreement-read", "quality-assurance", 0),
    ]
    assert seen == (expected if status == 200 else [])


async def test_agreement_is_shownby_dimension_of_the_months_asked_for(ask: Ask, put: Put) -> None:
    firsts = ["good"] * 7 + ["inadequate"] * 5
    seconds = ["good"] * 6 + ["inadequate"] * 6
    for number, (first, second) in enumerate(zip(firsts, seconds, strict=True)):
        readings = (
            graded(number, "a", first, blind=False), graded(number, "b", second, blind=True),
        )  # fmt: skip
        await put(f"child-{number}", made(number), *readings)
    await put("child-once", made(99), graded(99, "a", "good", blind=False))
    found = await told(ask, AGREEMENT)
    assert (found["read_twice"], found["least"]) == (12, 10)
    (one,) = found["dimensions"]
    # 11 of 12 agree; chance (7 * 6 + 5 * 6) / 144 = 1/2; so (11/12 - 1/2) / (1/2) = 5/6.
    assert (one["dimension"], one["pairs"], one["agreed"]) == ("overall", 12, 11)
    assert one["kappa"] == pytest.approx(5 / 6)
    assert one["low"] < one["kappa"] < one["high"] <= 1
    assert one["table"] == [[6, 0, 1], [0, 0, 0], [0, 0, 5]]
    april = "/api/v1/dip-samples/2026-04/agreement"
    assert (await told(ask, april))["dimensions"] == []
    longer = await told(ask, april, months="2")
    assert longer["dimensions"] == found["dimensions"]
    assert (longer["from"], longer["to"]) == ("2026-03-01T00:00:00Z", "2026-04-30T23:00:00Z")


@pytest.mark.parametrize(
    ("path", "query", "pointer"),
    [
        (PATH, {}, "/query/seed"),
        (PATH, {"seed": "Mar ker"}, "/query/seed"),
        (PATH, {"seed": ["a", "b"]}, "/query/seed"),
        (PATH, {"seed": "a", "surname": "Marker"}, "/query"),
        ("/api/v1/dip-samples/2026-13", {"seed": "a"}, "/path/month"),
        (AGREEMENT, {"months": "25"}, "/query/months"),
        (AGREEMENT, {"months": "0"}, "/query/months"),
    ],
)
async def test_what_is_wrong_is_named_and_never_repeated(
    ask: Ask, path: str, query: dict[str, Any], pointer: str
) -> None:
    answer = await ask("qa-reviewer", path, **query)
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert "arker" not in answer.text
    assert "ker" not in answer.text
