"""Of referrals to services: picture = table = CSV = XLSX = ODS = JSON = what the directory says."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from joserfc.jwk import ECKey
from pydantic import SecretStr

from services.dashboards.api import create_app
from services.dashboards.elsewhere import Elsewhere
from services.dashboards.onward import BY, HEADS
from services.dashboards.settings import Settings
from services.domain.measures.months import Month, Period
from services.domain.moments import moment
from services.domain.onward import Onward
from services.domain.onward_measures import COLUMNS, measured
from services.runtime.acting import Acting, Others
from services.runtime.contracts import Contracts
from tests.services import served
from tests.services.conftest import Dsn, Pool
from tests.services.dashboards.conftest import Ask
from tests.services.dashboards.test_every_measure import Looked, fetched, number
from tests.services.dashboards.test_measure_files import from_csv, from_ods, from_xlsx
from tests.services.frozen import frozen
from tests.services.served import Bearers

MADE: Final = datetime(2026, 5, 4, tzinfo=UTC)
KNOWN: Final = {
    "provider": ("open-door", "=cmd|'/C calc'!A1"), "kind": ("mentoring", "advocacy", "other"),
    "area": ("E07000148",), "sector": ("voluntary", "statutory"),
}  # fmt: skip
PERIOD: Final = Period(Month(2026, 1), Month(2026, 7))


def rows() -> list[dict[str, Any]]:
    """What the directory counts of ninety referrals: small numbers among them are hidden."""
    said = [
        Onward(
            child=f"c{n}", ref=f"S-{n}", made_by=("/norfolk-school/mis", str(n)),
            agency="norfolk-school",
            provider=KNOWN["provider"][n % 9 == 0], kind=KNOWN["kind"][n % 7 == 0],
            sector="voluntary" if n % 3 else "statutory", area="E07000148", made_at=MADE,
            state=("made", "accepted", "declined", "started", "ended")[n % 5],
            accepted_at=MADE, started_at=MADE,
        )
        for n in range(90)
    ]  # fmt: skip
    return [
        {"dimension": one.dimension, "group": one.group, "label": one.group,
         **dict(zip(COLUMNS, one.values, strict=True))}
        for one in measured(said, KNOWN, 6)
    ]  # fmt: skip


def directory(request: httpx.Request) -> httpx.Response:
    """Answer as the directory does: of one dimension, and to nobody but these months."""
    asked = request.url.params
    release = {"number": 1, "made_at": "2026-08-01T00:00:00Z", "known_at": "2026-08-01T00:00:00Z"}
    return httpx.Response(200, json={
        "from": asked["from"], "to": asked["to"], "as_of": "2026-08-01T00:00:00Z",
        "release": release, "referred_again_within_days": 90, "fewest_for_a_median": 6,
        "rows": [row for row in rows() if row["dimension"] == asked["by"]],
    })  # fmt: skip


@pytest.fixture
async def ask(  # noqa: PLR0913 - what it is served over
    dashboards_pool: Pool,
    dashboards_readers: Pool,
    contracts: Contracts,
    tmp_path: Path,
    bearers: Bearers,
    dsn: Dsn,
) -> AsyncIterator[Ask]:
    """Asks dashboards whose directory is the one above, when two quarters were published."""
    await frozen(dsn, contracts, PERIOD, moment("2026-08-01T00:00:00Z"))
    settings = Settings(
        postgres_dsn=SecretStr("unused"), kafka_bootstrap="unused", jwks_file=tmp_path / "jwks.json"
    )
    app = create_app(settings, contracts)
    app.state.desk.pool, app.state.desk.readers = dashboards_pool, dashboards_readers
    app.state.elsewhere = found = Elsewhere(settings)
    client = httpx.AsyncClient(
        transport=httpx.MockTransport(directory), base_url="http://directory"
    )
    acting = Acting(ECKey.generate_key("P-256", {"kid": "one"}), "dashboards")
    found._others = Others(acting, {"directory": client})  # noqa: SLF001 - the network is faked
    async with served.client_of(app, "dashboards") as asked:
        yield served.asking(asked, bearers)


@pytest.mark.parametrize("by", BY)
async def test_picture_table_and_every_file_say_the_same(ask: Ask, by: str) -> None:
    looked = Looked((await ask("pcc-analyst", "/onward", by=by, accept="text/html")).text)
    files = {kind.replace("groups.", ""): place for kind, place in looked.files().items()}
    assert set(files) == {"svg", "csv", "xlsx", "ods", "json"}
    got = {kind: await fetched(ask, "pcc-analyst", place) for kind, place in files.items()}
    said = got["json"].json()
    told = [row for row in rows() if row["dimension"] == by]
    assert [[row[name] for name in ("group", *COLUMNS)] for row in said["rows"]] == [
        [row[name] for name in ("group", *COLUMNS)] for row in told[:-1]
    ]
    assert said["total"]["made"] == told[-1]["made"] == 90
    xlsx, ods = from_xlsx(got["xlsx"].content), from_ods(got["ods"].content)
    assert xlsx == ods
    head, *cells = xlsx["Table_Onward"]
    assert head == [BY[by], f"{BY[by]} name", *(HEADS[name] for name in COLUMNS)]
    assert [[row[0], *row[2:]] for row in cells] == [
        [row["group"], *(row[name] for name in COLUMNS)] for row in [*said["rows"], said["total"]]
    ]
    lines = from_csv(got["csv"].content)
    start = lines.index(head) + 1
    assert [[number(cell) for cell in line] for line in lines[start:]] == cells
    shown = [[str(row["made"]), str(row["accepted"])] for row in [*said["rows"], said["total"]]]
    assert [row[1:3] for row in looked.table("onward")] == shown
    drawn = [str(row["made"]) for row in said["rows"] if row["made"] != "c"]
    assert [row[1] for row in looked.table("onward-made-table")] == [
        str(row["made"]) for row in said["rows"]
    ]
    assert looked.pictures("onward-made") == [drawn, drawn]
    marks = [part.partition('"')[0] for part in got["svg"].text.split('data-value="')[1:]]
    assert marks == drawn
    for words in ("OFFICIAL-SENSITIVE", "From: 2026-04", "To: 2026-06", "Release: 1"):
        assert words in got["svg"].text


async def test_something_is_hidden_and_something_is_not(ask: Ask) -> None:
    """Else the test above would compare nothing."""
    said = (await fetched(ask, "pcc-analyst", "/api/v1/onward?by=kind")).json()
    cells = [row[name] for row in said["rows"] for name in COLUMNS]
    assert cells.count("c") > 3
    said = (await fetched(ask, "pcc-analyst", "/api/v1/onward?by=sector")).json()
    cells = [row[name] for row in said["rows"] for name in COLUMNS]
    assert sum(isinstance(cell, int) and cell > 5 for cell in cells) > 3


async def test_files_are_of_the_quarter_that_is_looked_at(ask: Ask) -> None:
    page = await ask("pcc-analyst", "/onward", quarter="2026-01", accept="text/html")
    for place in Looked(page.text).files().values():
        assert "quarter=2026-01" in place
        answer = await fetched(ask, "pcc-analyst", place)
        if "attachment" in answer.headers.get("content-disposition", ""):
            assert "2026-01-to-2026-03-OFFICIAL-SENSITIVE" in answer.headers["content-disposition"]
    assert (await ask("pcc-analyst", "/api/v1/onward", quarter="2026-02")).status_code == 422
