"""Is the invented county's year what it says: its size and mix, valid, the same each time?"""

import ast
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from itertools import combinations
from pathlib import Path

import msgspec
import pytest

from deploy.demo import children, office_days
from deploy.demo.county import CHAPTERS, RATES, RECEIVED, County
from deploy.demo.life import Life
from deploy.demo.staff import Staff
from deploy.demo.truth import write_year
from deploy.demo.year import lives, training
from services.domain.likeness import Weights
from services.domain.rules.catalogue import CATALOGUE
from services.intake import identity_in_refs
from services.intake.identifiers import nhs_number, upn
from services.intake.likely import Judge
from services.intake.people import Words, blocks, named
from tests.demo.lives_judged import contracts

NOW = datetime(2026, 11, 23, 1, 4, tzinfo=UTC)
SMALL = County.before(NOW, scale=0.03)
DEMO = Path(children.__file__).parent


@pytest.fixture(scope="module")
def small() -> list[Life]:
    return list(lives(SMALL, Staff(SMALL)))


@pytest.fixture(scope="module")
def whole() -> list[Life]:
    county = County.before(NOW)
    return list(lives(county, Staff(county)))


def test_every_event_is_valid_by_the_schemas(small: list[Life]) -> None:
    for said in [*(s for life in small for s in life.said), *training(SMALL, Staff(SMALL))]:
        wire = said.wire()
        assert contracts().validate_envelope(wire) == []
        assert contracts().validate(said.type, wire["data"]) == [], said.type


def test_every_agency_sends_only_what_the_registry_lets_it(small: list[Life]) -> None:
    sent = {(said.agency, said.type) for life in small for said in life.said}
    assert all(contracts().registry.may_send(agency, type_) for agency, type_ in sent)
    assert {agency for agency, _ in sent} == {
        "norfolk-police", "norfolk-csc", "norfolk-school", "norfolk-voluntary", "norfolk-health",
    }  # fmt: skip


def test_no_ref_gives_away_who_the_child_is(small: list[Life]) -> None:
    for life in small:
        for said in life.said:
            refs = identity_in_refs.refs_of(said.wire())
            assert identity_in_refs.faults([said.content["child"]], refs) == []


def test_numbers_are_of_the_test_ranges_and_their_checks_hold(whole: list[Life]) -> None:
    for life in whole:
        assert nhs_number(life.child.nhs)
        assert "9990" <= life.child.nhs[:4] <= "9994"
        assert upn(life.child.upn)
        assert life.child.upn[1:4] == "999"
        assert life.child.postcode.startswith("ZZ99 ")
    assert len({life.child.nhs for life in whole if life.child.known_by != "nothing"}) == sum(
        life.child.known_by != "nothing" for life in whole
    )


def test_names_join_no_two_children_and_each_unlinked_record_is_for_a_person_to_decide(
    whole: list[Life],
) -> None:
    content = contracts().matching()
    judge = Judge(Weights.parse(content, NOW.date()), Words.parse(content))
    people = {}
    in_block = defaultdict(set)
    for life in filter(lambda one: one.said, whole):
        stated = life.said[0].content["child"]
        person = named(stated, judge.words, sex=stated["sex"])
        assert person is not None
        people[life.child.serial] = person
        for block in blocks(person):
            in_block[block].add(life.child.serial)
    pairs = {pair for them in in_block.values() for pair in combinations(sorted(them), 2)}
    band = {pair: judge.band(*(people[serial] for serial in pair)) for pair in pairs}
    assert not [pair for pair in pairs if band[pair] == "linked"]
    reviewed = {serial for pair in pairs if band[pair] == "review" for serial in pair}
    unlinked = {life.child.serial for life in whole if life.child.known_by == "nothing"}
    assert len(unlinked & reviewed) > 0.8 * len(unlinked), "the others' first record says nothing"
    assert len(reviewed) < 4 * len(unlinked)


def test_the_same_county_says_the_same_byte_by_byte(tmp_path: Path) -> None:
    first, second = (write_year(SMALL, tmp_path / name) for name in ("one", "two"))
    assert first.by_agency == second.by_agency
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_another_seed_says_something_else(tmp_path: Path) -> None:
    other = write_year(County.before(NOW, seed=2, scale=0.03), tmp_path / "other")
    assert other.by_agency != write_year(SMALL, tmp_path / "one").by_agency


def test_each_agency_posts_in_the_order_in_which_things_arrive_and_nothing_twice(
    tmp_path: Path,
) -> None:
    year = write_year(SMALL, tmp_path / "truth")
    keys = [
        (event["source"], event["id"])
        for events in year.by_agency.values()
        for event in map(msgspec.json.decode, events)
    ]
    assert len(keys) == len(set(keys)) == year.total


def test_social_care_receives_norfolks_mix_of_referrals(whole: list[Life]) -> None:
    groups = {
        "6": "police", "2A": "schools", "2B": "education-services", "4": "housing",
        "7": "other-legal", "8": "other", "9": "anonymous", "10": "unknown",
        "1": "individual", "3": "health", "5": "own-services",
    }  # fmt: skip
    codes = [
        said.content["referral_source"]
        for life in whole
        for said in life.said
        if said.type == "social-care.referral-received.v1"
    ]
    received = Counter(groups.get(code) or groups[code[0]] for code in codes)
    assert dict(received) == dict(RECEIVED)
    assert sum(received.values()) == 6260


def test_the_chapters_dealt_out_add_up_to_what_is_received() -> None:
    assert sum(count for _, came_of_it, count in CHAPTERS if came_of_it == "referred") == sum(
        RECEIVED.values()
    )


def test_the_year_has_some_tens_of_thousands_of_events_none_after_its_end(
    whole: list[Life],
) -> None:
    county = whole[0].county
    said = [said for life in whole for said in life.said]
    assert 30_000 <= len(said) <= 42_000
    assert county.since < min(s.time for s in said)
    assert max(s.time for s in said) < county.until


def test_every_child_is_under_18_all_year_and_born_before_it(whole: list[Life]) -> None:
    for life in whole:
        end, born = office_days.london_day(life.county.until), life.child.born_on
        assert born < office_days.london_day(life.county.since)
        assert (end.year - born.year - ((end.month, end.day) < (born.month, born.day))) < 18


def test_the_lessons_failings_are_planted_for_every_rule(whole: list[Life]) -> None:
    planted = Counter(failing.rule for life in whole for failing in life.failings)
    rules = {rule.name for rule in CATALOGUE}
    assert planted.keys() == rules, "plant it: deploy/demo/failings.py"
    assert min(planted.values()) >= 10


def test_late_decisions_are_planted_at_their_rate(whole: list[Life]) -> None:
    late = [
        failing
        for life in whole
        for failing in life.failings
        if failing.rule == "timeliness.decision_overdue" and failing.opens_at < life.county.until
    ]
    assert len(late) / 6260 == pytest.approx(
        RATES["late-decision"] + RATES["no-decision"], abs=0.015
    )


def test_the_truth_names_nobody(tmp_path: Path) -> None:
    write_year(SMALL, tmp_path / "truth")
    allowed = {"rule", "source", "id", "opens_at", "closes_at", "ambiguous"}
    for line in (tmp_path / "truth").read_bytes().splitlines():
        assert msgspec.json.decode(line).keys() == allowed


def test_the_planter_takes_nothing_from_the_rules_on_trial() -> None:
    for module in ("office_days", "failings", "life", "pathways", "care", "referral", "oversight"):
        tree = ast.parse((DEMO / f"{module}.py").read_text())
        named = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
        assert not [name for name in named if name.startswith("services")], module


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        ("2024-12-24", 1, "2024-12-27"),
        ("2025-04-17", 1, "2025-04-22"),
        ("2026-12-24", 1, "2026-12-29"),
        ("2024-12-23", 15, "2025-01-16"),
        ("2026-03-30", 15, "2026-04-22"),
        ("2026-03-30", 45, "2026-06-05"),
    ],
)
def test_the_planter_counts_working_days_as_the_government_does(
    start: str, count: int, due: str
) -> None:
    day = office_days.working_day_after(date.fromisoformat(start), count)
    assert day == date.fromisoformat(due)
