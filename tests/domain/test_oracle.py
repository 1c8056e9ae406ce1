"""Would the oracle see it if the ledger were wrong?"""

from tests.gaps import gap
from tests.oracle import Beliefs, compare


def beliefs(*numbers: int) -> Beliefs:
    return {("child-a", str(number)): gap(number).to_wire() for number in numbers}


def test_equal_beliefs_differ_in_nothing() -> None:
    assert compare(beliefs(1, 2), beliefs(2, 1)) == []


def test_a_belief_that_is_missing_is_named() -> None:
    assert compare(beliefs(1, 2), beliefs(1)) == [
        "missing timeliness.decision_overdue ('child-a', '2')"
    ]


def test_a_belief_too_many_is_named() -> None:
    assert compare(beliefs(1), beliefs(1, 2)) == [
        "extra timeliness.decision_overdue ('child-a', '2')"
    ]


def test_a_belief_that_differs_is_named_with_its_fields() -> None:
    other = {("child-a", "1"): gap(1, agency="norfolk-health").to_wire()}
    assert compare(beliefs(1), other) == [
        "different timeliness.decision_overdue ('child-a', '1'): agency"
    ]
