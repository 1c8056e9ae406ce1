"""Does a cursor come back as it was, and is anything else refused?"""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dashboards.cursor import Cursor
from services.runtime.cursors import BadCursor

AT = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
CURSOR = Cursor("digest", AT, AT, False, 7, AT, UUID(int=1), "child-a")  # noqa: FBT003 - in order


def word(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode()


def test_a_cursor_comes_back_as_it_was() -> None:
    assert Cursor.of(CURSOR.encode(), "digest") == CURSOR


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "not base64 at all",
        "é",
        word("{}"),
        word("[]"),
        word("null"),
        CURSOR.encode()[:-4],
        word('["digest","2026-03-02T09:00:00","2026-03-02T09:00:00Z",false,7,'
             '"2026-03-02T09:00:00Z","00000000-0000-0000-0000-000000000001","child-a"]'),
        word('["digest","2026-03-02T09:00:00Z","2026-03-02T09:00:00Z",false,7,'
             '"2026-03-02T09:00:00Z","00000000-0000-0000-0000-000000000001","a\\u0000b"]'),
    ],
)  # fmt: skip
def test_what_is_no_cursor_is_refused(sent: str) -> None:
    with pytest.raises(BadCursor):
        Cursor.of(sent, "digest")


def test_the_cursor_of_another_question_is_refused() -> None:
    with pytest.raises(BadCursor):
        Cursor.of(CURSOR.encode(), "another")


@given(st.text(max_size=80))
def test_nothing_that_is_sent_as_a_cursor_does_more_than_be_refused(sent: str) -> None:
    with pytest.raises(BadCursor):
        Cursor.of(sent, "digest")
