"""Are the rows of a file given in pages that together are the file, each row once?"""

import csv
import io
from itertools import chain
from typing import Any, Final

import pytest

from services.intake import import_rows
from tests.services.conftest import Pool
from tests.services.intake.conftest import Senders
from tests.services.intake.sending import Sender

FILE: Final = "f" * 32
PATH: Final = f"/v1/imports/{FILE}/rows"
ROWS: Final = 1203
FAULTY: Final = [7, 8, 600, 1203]
"""Rows that were not taken in; a file has others of the same numbers beside it."""
_FILE: Final = """
INSERT INTO import
    (id, agency, format, state, created_at, wrapped_key, master_key_id, events, rejected)
VALUES ($1, 'norfolk-csc', 'csv', 'done', now(), '', 'none', $2, $3)
"""
_ROWS: Final = """
INSERT INTO import_row (import_id, row, pointer, fact, outcome, errors)
SELECT $1, n, 'row ' || n, 'referral.made.v1',
       CASE WHEN n = ANY ($3::int[]) THEN 'rejected' ELSE 'accepted' END,
       '[{"pointer": "/time", "code": "required", "message": "This is required."}]'
FROM generate_series(1, $2::int) AS n
"""


@pytest.fixture(autouse=True)
async def _file(intake_pool: Pool) -> None:
    for name in (FILE, "e" * 32):
        await intake_pool.execute(_FILE, name, ROWS - len(FAULTY), len(FAULTY))
        await intake_pool.execute(_ROWS, name, ROWS, FAULTY)


async def pages(sender: Sender, **asked: str) -> list[list[int]]:
    """Follow the pages to the last; return the rows of each."""
    found, more = list[list[int]](), dict[str, str]()
    while True:
        body: dict[str, Any] = (await sender.get(PATH, params=asked | more)).json()
        found.append([one["row"] for one in body["items"]])
        if body["next"] is None:
            return found
        more = {"cursor": body["next"]}


async def test_pages_are_the_whole_file_in_its_order_and_no_row_twice(social_care: Sender) -> None:
    whole = list(range(1, ROWS + 1))
    for asked, sizes in (({}, [500, 500, 203]), ({"limit": "401"}, [401, 401, 401])):
        found = await pages(social_care, **asked)
        assert [len(page) for page in found] == sizes
        assert list(chain.from_iterable(found)) == whole


async def test_rows_of_one_outcome_are_found_however_far_apart_they_are(
    social_care: Sender,
) -> None:
    assert await pages(social_care, outcome="rejected", limit="3") == [FAULTY[:3], FAULTY[3:]]
    assert await pages(social_care, outcome="duplicate") == [[]]
    assert (await social_care.get(PATH, params={"outcome": "lost"})).status_code == 422


async def test_a_cursor_is_of_its_own_question(social_care: Sender, police: Sender) -> None:
    cursor = (await social_care.get(PATH, params={"limit": "1"})).json()["next"]
    other = f"/v1/imports/{'e' * 32}/rows"
    for path, asked in ((PATH, {"outcome": "rejected"}), (other, {}), (PATH, {"cursor": "x"})):
        answer = await social_care.get(path, params={"cursor": cursor} | asked)
        assert answer.status_code == 422, asked
    assert (await police.get(f"/v1/imports/{'0' * 32}/rows")).status_code == 404


async def test_as_csv_it_comes_whole_and_is_on_record_once(
    social_care: Sender, intake_pool: Pool
) -> None:
    whole = list(range(1, ROWS + 1))
    sound = [row for row in whole if row not in FAULTY]
    outcomes: list[tuple[dict[str, str], list[int]]] = [
        ({}, whole), ({"outcome": "rejected"}, FAULTY), ({"outcome": "accepted"}, sound),
    ]  # fmt: skip
    for asked, expected in outcomes:
        answer = await social_care.get(PATH, params={"format": "csv"} | asked)
        read = list(csv.DictReader(io.StringIO(answer.text)))
        assert [int(one["row"]) for one in read] == expected
        assert read[0]["errors"] == "/time: This is required."
    told = await intake_pool.fetch(
        "SELECT row_count FROM audit_entry WHERE action = $1 ORDER BY seq", import_rows.ROWS_READ
    )
    assert [row["row_count"] for row in told] == [len(rows) for _, rows in outcomes]


async def test_nobody_elses_file_is_there(police: Sender, senders: Senders) -> None:
    for sender in (police, senders("norfolk-csc-reviewer", "qa-reviewer")):
        for asked in ({}, {"format": "csv"}, {"outcome": "rejected"}):
            assert (await sender.get(PATH, params=asked)).status_code == 404
