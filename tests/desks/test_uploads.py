"""Does somebody who uploads a file see what became of each row, and no value of any?"""

import csv
import io
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from lxml import html

from services.domain.events import MADE
from tests.access.faces import work_off
from tests.desks.conftest import Person, Sign, main, sent
from tests.services.conftest import Pool
from tests.services.intake.filled import as_csv, row

PATH = "/agency/uploads"
MARK = "Quillfeather"
GOOD = row(referral_ref="R-up-1", child__local_id="S-up")
BAD = row(
    referral_ref="R-up-2", urgency=MARK, harms=f"knife; {MARK}", time=f"{MARK} 2026",
    child__family_name=MARK,
)  # fmt: skip
FAULTY = {"urgency", "harms", "time"}


@pytest.fixture
def school(sign: Sign) -> Person:
    return sign("norfolk-school")


async def upload(person: Person, content: bytes, name: str = "rows.csv") -> str:
    """Send a file; return where it is told what became of it."""
    answer = await person.upload(PATH, (name, content), type="referral")
    assert answer.status_code == 303, main(answer)
    return answer.headers["location"]


def table(page: httpx.Response) -> list[list[str]]:
    rows = html.fromstring(page.text).xpath("//table[@id='rows']/tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in one] for one in rows]


async def test_good_rows_go_in_and_bad_ones_come_back_with_every_fault_and_no_value(
    school: Person, clients: Mapping[str, httpx.AsyncClient], vault: Pool
) -> None:
    before = await sent(vault, MADE)
    place = await upload(school, as_csv([GOOD, BAD]))
    await work_off(clients)
    page = await school.get(place)
    assert "Read to its end" in main(page)
    good, bad = table(page)
    assert (good[:3], good[3]) == (["2", "Referral made", "Accepted"], "")
    assert bad[:3] == ["3", "Referral made", "Rejected"]
    assert {told.partition(":")[0] for told in bad[3].split("; ")} == FAULTY
    assert MARK not in page.text
    assert len(await sent(vault, MADE)) == len(before) + 1
    file = await school.get(f"{place}/rows.csv")
    assert file.headers["content-disposition"] == 'attachment; filename="rows.csv"'
    marking, heads, *rows = csv.reader(io.StringIO(file.content.decode("utf-8-sig")))
    assert (marking, heads[0]) == (["OFFICIAL-SENSITIVE"], "Row")
    assert rows == [good, bad]


async def test_how_far_a_long_file_is_can_be_seen(
    school: Person, clients: Mapping[str, httpx.AsyncClient], vault: Pool
) -> None:
    place = await upload(school, as_csv([row(referral_ref="R-up-3")]))
    page = await school.get(place)
    assert "It is being read" in main(page)
    assert html.fromstring(page.text).xpath(f"//main//p[@role='status']/a[@href='{place}']")
    so_far = "UPDATE import SET total = 1000, events = 300, rejected = 12 WHERE id = $1"
    await vault.execute(so_far, place.rpartition("/")[2])
    assert "312 of 1,000 rows read so far" in main(await school.get(place))
    await work_off(clients)
    assert "Read to its end" in main(await school.get(place))


async def test_the_same_file_once_more_counts_nothing_twice(
    school: Person, clients: Mapping[str, httpx.AsyncClient], vault: Pool
) -> None:
    content = as_csv([row(referral_ref="R-up-4"), row(referral_ref="R-up-5")])
    outcomes, counted = [], []
    for _ in range(2):
        place = await upload(school, content)
        await work_off(clients)
        outcomes.append([one[2] for one in table(await school.get(place))])
        counted.append(len(await sent(vault, MADE)))
    assert outcomes == [["Accepted"] * 2, ["Duplicate"] * 2]
    assert counted[0] == counted[1]


async def test_a_file_that_cannot_be_read_is_refused_with_a_reason(school: Person) -> None:
    for name, content, told in (
        ("rows.doc", b"x", "ends in .csv, .xlsx or .xml"),
        ("rows.xlsx", b"no workbook", "not a workbook that can be read"),
        ("", b"", "Choose a file"),
    ):
        answer = await school.upload(PATH, (name, content), type="referral")
        assert answer.status_code in {400, 422}, name
        assert told in main(answer), main(answer)


def following(page: httpx.Response) -> dict[str, str] | None:
    """By what the next page is asked for."""
    links = html.fromstring(page.text).xpath("//a[@rel='next']/@href")
    return dict(parse_qsl(urlsplit(links[0]).query)) if links else None


async def test_long_answers_are_paged_and_whole_in_the_file(
    school: Person, clients: Mapping[str, httpx.AsyncClient], vault: Pool
) -> None:
    place = await upload(school, as_csv([row(referral_ref=f"R-many-{n}") for n in range(60)]))
    await work_off(clients)
    page = await school.get(place)
    shown = [table(page)]
    while asked := following(page):
        page = await school.get(place, **asked)
        shown.append(table(page))
        assert len(shown) < 9
    assert [len(rows) for rows in shown] == [25, 25, 10]
    assert [one[0] for rows in shown for one in rows] == [str(n) for n in range(2, 62)]
    file = await school.get(f"{place}/rows.csv")
    assert len(file.text.splitlines()) == 62
    # A file longer than what is asked for at once is whole as well.
    more = (
        "INSERT INTO import_row SELECT import_id, row + 100 * n, pointer, fact, outcome, receipt"
        " FROM import_row, generate_series(1, 20) AS n WHERE import_id = $1"
    )
    await vault.execute(more, place.rpartition("/")[2])
    _, _, *rows = csv.reader(io.StringIO((await school.get(f"{place}/rows.csv")).text))
    assert [int(one[0]) for one in rows] == [k + 100 * n for n in range(21) for k in range(2, 62)]


async def test_what_was_not_taken_in_is_shown_alone(
    school: Person, clients: Mapping[str, httpx.AsyncClient]
) -> None:
    good = [row(referral_ref=f"R-alone-{n}") for n in range(30)]
    place = await upload(school, as_csv([*good, *[BAD] * 26]))
    await work_off(clients)
    page = await school.get(place, outcome="rejected")
    assert [one[0] for one in table(page)] == [str(n) for n in range(32, 57)]
    last = await school.get(place, **(following(page) or {}))
    assert ([one[2] for one in table(last)], following(last)) == (["Rejected"], None)
    assert (await school.get(place, outcome="lost")).status_code == 422
    sound = await upload(school, as_csv(good[:1]))
    await work_off(clients)
    assert "was taken in" in main(await school.get(sound, outcome="rejected"))
