"""How long was it until it was judged? Observed once, and only of what this ledger has heard."""

from datetime import timedelta

from prometheus_client import REGISTRY

from services.ledger.beliefs import Heard, Standing
from services.ledger.lag import CHILDREN, Lag
from tests.gaps import MONDAY, verdict

SENT = MONDAY.timestamp()
LATER = MONDAY + timedelta(seconds=4)
SECOND = timedelta(seconds=1)


def standing(version: int, *received: float, child: str = "child-a") -> Standing:
    events = tuple(Heard(MONDAY + timedelta(seconds=second)) for second in received)
    return Standing(child, 1, version, None, False, events=events)  # noqa: FBT003 - not erased


def seen(name: str) -> tuple[float, float]:
    labels = {"judge": "timeliness"}
    count = REGISTRY.get_sample_value(f"rw_{name}_seconds_count", labels) or 0.0
    return count, REGISTRY.get_sample_value(f"rw_{name}_seconds_sum", labels) or 0.0


def grown(lag: Lag, version: int) -> dict[str, tuple[float, float]]:
    """Judge, and say by how much each measure grew: times observed, and seconds."""
    before = {name: seen(name) for name in ("chronology_to_judged", "end_to_end")}
    lag.judged([verdict(version=version)], LATER)
    return {
        name: (seen(name)[0] - count, round(seen(name)[1] - seconds, 3))
        for name, (count, seconds) in before.items()
    }


def test_a_new_events_way_ends_with_its_first_verdict() -> None:
    lag = Lag(MONDAY - 60 * SECOND)
    lag.heard(standing(1, -100, -2), SENT)
    assert grown(lag, 1) == {"chronology_to_judged": (1, 4.0), "end_to_end": (1, 6.0)}


def test_what_was_received_before_we_began_or_is_judged_again_is_no_slowness() -> None:
    lag = Lag(MONDAY - 60 * SECOND)
    lag.heard(standing(1, -61), SENT)
    assert grown(lag, 1)["end_to_end"] == (0, 0.0)
    lag.heard(standing(2, -61, -2), SENT)
    lag.heard(standing(3, -61, -2), SENT)  # a link, say
    assert grown(lag, 3) == {"chronology_to_judged": (1, 4.0), "end_to_end": (0, 0.0)}


def test_a_verdict_on_another_version_or_an_unknown_child_says_nothing() -> None:
    lag = Lag(MONDAY - 60 * SECOND)
    assert grown(lag, 1)["chronology_to_judged"] == (0, 0.0)
    lag.heard(standing(2, -2), SENT)
    assert grown(lag, 1)["chronology_to_judged"] == (0, 0.0)


def test_no_more_children_are_remembered_than_the_bound() -> None:
    lag = Lag(MONDAY)
    lag.heard(standing(1, 1), SENT)
    for number in range(CHILDREN):
        lag.heard(standing(1, 1, child=f"child-{number}"), SENT)
    assert grown(lag, 1)["chronology_to_judged"] == (0, 0.0)
