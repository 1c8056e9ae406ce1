"""Which quarters do pages offer to who is shown what was published, and to who may see cases?"""

import pytest

from services.domain.measures.months import Month, Period
from services.domain.moments import moment
from services.runtime.contracts import Contracts
from tests.services.conftest import Dsn
from tests.services.dashboards.conftest import Ask
from tests.services.frozen import frozen

OVER = moment("2026-08-01T00:00:00Z")
PACK = "/api/v1/equity-pack?from="


async def page(ask: Ask, persona: str, path: str, **query: str) -> str:
    answer = await ask(persona, path, accept="text/html", **query)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_the_office_is_offered_the_quarters_that_were_published_the_last_first(
    ask: Ask, dsn: Dsn, contracts: Contracts
) -> None:
    assert "No equity pack has been published yet" in await page(ask, "pcc-analyst", "/downloads")
    assert "No quarter has been published yet" in await page(ask, "pcc-editor", "/onward")
    await frozen(dsn, contracts, Period(Month(2026, 1), Month(2026, 7)), OVER)
    files = await page(ask, "pcc-analyst", "/downloads")
    offered = [part.partition('"')[0] for part in files.split(PACK)[1:]]
    assert offered == ["2026-04&amp;to=2026-06", "2026-01&amp;to=2026-03"]
    shown = await page(ask, "pcc-analyst", "/onward")
    assert "from April 2026 to June 2026" in shown
    assert "from January 2026 to March 2026" in await page(
        ask, "pcc-analyst", "/onward", quarter="2026-01", by="sector"
    )


async def test_who_may_see_cases_is_offered_a_year(ask: Ask) -> None:
    files = await page(ask, "qa-reviewer", "/downloads")
    assert files.count(PACK) == 2
    assert "No quarter has been published" not in await page(ask, "qa-reviewer", "/onward")


@pytest.mark.parametrize("quarter", ["2026-02", "2026-04", "2026-13"])
async def test_a_quarter_that_was_not_published_is_refused(
    ask: Ask, dsn: Dsn, contracts: Contracts, quarter: str
) -> None:
    await frozen(dsn, contracts, Period(Month(2026, 1), Month(2026, 4)), OVER)
    assert (await ask("pcc-analyst", "/onward", quarter=quarter)).status_code == 422
