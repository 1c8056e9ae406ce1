"""Is found in a free text what may be about somebody else, and is the child's own left alone?"""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.others_named import mentions

OWN = ("Erin Marie", "O'Dowd")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Erin was with Kyle at the park.", [("Kyle", "name")]),
        ("Kyle Brown was seen with her.", [("Kyle Brown", "name")]),
        ("Seen at night. Taken home.", []),
        ("Erin O'Dowd's bag was searched.", []),
        ("Her mother rang.", [("mother", "person")]),
        ("Her step-father and two friends.", [("step-father", "person"), ("friends", "person")]),
        ("Ring 07700 900123 or a.b@example.org", [("07700 900123", "contact"),
                                                  ("a.b@example.org", "contact")]),
        ("Staying at NR1 3JU.", [("NR1 3JU", "contact")]),
        ("On Monday the Police came.", []),
        ("He went to 12 Magdalen Road later.", [("12 Magdalen Road", "contact")]),
        ("", []),
    ],
)  # fmt: skip
def test_what_is_marked(text: str, found: list[tuple[str, str]]) -> None:
    assert [(one.span.of(text), one.kind) for one in mentions(text, OWN)] == found


@given(st.text(max_size=200))
def test_any_text_is_marked_in_order_and_without_overlap(text: str) -> None:
    places = [(one.span.start, one.span.end) for one in mentions(text, OWN)]
    assert all(start < end for start, end in places)
    assert all(one[1] <= other[0] for one, other in pairwise(places))
