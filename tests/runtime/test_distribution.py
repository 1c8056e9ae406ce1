"""Does a histogram that is set as a whole say what was found, and no single small number?"""

from prometheus_client import CollectorRegistry, generate_latest

from services.runtime.distribution import Distribution


def shown(found: dict[tuple[str, ...], dict[int, int]], least: int = 1) -> dict[str, float]:
    registry = CollectorRegistry()
    distribution = Distribution(
        "took_seconds", "How long.", ["step"], buckets=(10, 20), least=least, registry=registry
    )
    distribution.show({("old",): {0: 9}})
    distribution.show(found)
    lines = generate_latest(registry).decode().splitlines()
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines if "{" in line}


def test_buckets_add_up_and_what_was_found_before_is_gone() -> None:
    assert shown({("referral",): {0: 8, 2: 6}}) == {
        'took_seconds_bucket{le="10",step="referral"}': 8,
        'took_seconds_bucket{le="20",step="referral"}': 8,
        'took_seconds_bucket{le="+Inf",step="referral"}': 14,
        'took_seconds_count{step="referral"}': 14,
        'took_seconds_sum{step="referral"}': 8 * 5 + 6 * 20,
    }


def test_a_small_number_is_shown_as_the_least_and_none_as_none() -> None:
    found = shown({("referral",): {1: 2}}, least=5)
    assert found['took_seconds_bucket{le="10",step="referral"}'] == 0
    assert found['took_seconds_bucket{le="20",step="referral"}'] == 5
    assert found['took_seconds_count{step="referral"}'] == 5
