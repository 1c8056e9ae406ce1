"""How patiently is an agency called?"""

from datetime import timedelta
from typing import Any

import pytest

from services.domain.delivery import Delivery
from tests.domain.lives import content

STATED: dict[str, Any] = content("policy/feedback.toml")
DELIVERY = Delivery.parse(STATED)


def test_pauses_double_up_to_the_longest() -> None:
    pauses = [DELIVERY.pause(tries, 0) for tries in range(1, DELIVERY.tries)]
    assert pauses[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert pauses[-1] == timedelta(hours=1)


def test_after_the_last_call_nobody_waits() -> None:
    assert DELIVERY.pause(DELIVERY.tries - 1, 1) is not None
    assert DELIVERY.pause(DELIVERY.tries, 1) is None


def test_chance_lengthens_a_pause_by_a_fifth_at_most() -> None:
    assert DELIVERY.pause(1, 1) == timedelta(seconds=6)
    assert DELIVERY.pause(1, 0.5) == timedelta(seconds=5.5)


def test_as_many_calls_as_stated_take_nearly_four_and_a_half_hours() -> None:
    pauses = (DELIVERY.pause(tries, 0) for tries in range(1, DELIVERY.tries))
    hours = sum((each for each in pauses if each), timedelta()) / timedelta(hours=1)
    assert 4.4 < hours < 4.5


@pytest.mark.parametrize("wrong", [0, 31, "10", True, None])
def test_a_number_out_of_sense_is_named(wrong: object) -> None:
    numbers = STATED["numbers"] | {"timeout": STATED["numbers"]["timeout"] | {"value": wrong}}
    with pytest.raises(ValueError, match="/numbers/timeout"):
        Delivery.parse({"numbers": numbers})


def test_a_number_without_a_source_is_named() -> None:
    numbers = STATED["numbers"] | {"tries": {"value": 3}}
    with pytest.raises(ValueError, match="/numbers/tries"):
        Delivery.parse({"numbers": numbers})
