"""Does `tests/access/audited.toml` say of every call whether it is on record, and as which act?"""

from typing import get_args

from services.runtime.audit import Operation
from tests.access.record import audited, childless, of_several, unless_empty, when_done
from tests.access.table import operations


def test_every_call_is_on_record_or_has_a_reason_why_no_child_is_in_it() -> None:
    said = [*audited(), *unless_empty(), *when_done(), *of_several(), *childless()]
    assert sorted(said) == sorted(operations())
    assert all(childless().values())


def test_every_call_on_record_is_one_of_the_six_operations() -> None:
    said = {*audited().values(), *unless_empty().values(), *when_done().values()}
    said |= {operation for several in of_several().values() for operation in several}
    assert said <= set(get_args(Operation))
