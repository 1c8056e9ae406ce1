"""Is there one spelling of a question, and is anything else refused?"""

import pytest
from pydantic import TypeAdapter, ValidationError

from services.domain.moments import moment
from services.runtime.questions import LimitText, Moment, MonthText, Paged, Text

AT = moment("2026-03-02T09:00:00Z")


class Asked(Paged):
    rule: Text | None = None
    limit: LimitText = "100"
    cursor: str | None = None


@pytest.mark.parametrize(
    ("kind", "stated"),
    [
        (LimitText, "0"), (LimitText, "501"), (LimitText, "1_0"), (LimitText, "01"),
        (LimitText, "1\u0662"), (LimitText, "10\n"),
        (MonthText, "2026-13"), (MonthText, "2026-1"), (MonthText, "20\u0662\u0666-01"),
        (Text, ""), (Text, "a\x00b"), (Text, "a" * 257),
        (Moment, "2026-03-02"), (Moment, "2026-03-02T09:00:00"), (Moment, "1772442000"),
        (Moment, "20\u0662\u0666-03-02T09:00:00Z"), (Moment, "0001-01-01T00:00:00+01:00"),
    ],
)  # fmt: skip
def test_another_spelling_is_refused(kind: type, stated: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(stated)


@pytest.mark.parametrize("stated", ["2026-03-02T09:00:00Z", "2026-03-02t10:00:00.0+01:00", AT])
def test_a_moment_is_read_in_either_case_and_once(stated: object) -> None:
    assert TypeAdapter(Moment).validate_python(stated) == AT


def test_the_pages_of_a_question_share_a_digest_and_no_other_question_or_reader_does() -> None:
    one = Asked(rule="a").digest("mary", "norfolk-csc")
    assert Asked(rule="a", limit="5", cursor="x").digest("mary", "norfolk-csc") == one
    others = [
        Asked(rule="b").digest("mary", "norfolk-csc"),
        Asked(rule="a").digest("john", "norfolk-csc"),
        Asked().digest("mary", "norfolk-csc"),
    ]
    assert len({one, *others}) == 4


def test_what_is_stated_is_what_narrows() -> None:
    assert Asked(rule="a", limit="5", cursor="x").stated() == {"rule": "a"}
    assert Asked().stated() == {}
