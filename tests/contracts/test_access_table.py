"""Does the access matrix name every call of every service? `tests/access/table.py` says how."""

import pytest

from tests.access.people import PEOPLE
from tests.access.table import Call, calls, operations, unread, unsaid


def test_every_call_of_every_service_is_in_the_table_and_nothing_else_is() -> None:
    assert {str(call) for call in calls()} == set(operations())


@pytest.mark.parametrize("call", calls(), ids=str)
def test_a_table_says_what_everybody_is_answered_and_no_word_that_nobody_reads(call: Call) -> None:
    assert not unsaid(call, PEOPLE)
    assert not unread(call, PEOPLE)
