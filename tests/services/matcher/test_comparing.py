"""To which level do two records agree? The errors that files have, and what they must not hide."""

import tomllib
from typing import Any

import pytest

from services.domain.likeness import Comparison
from services.intake.comparing import compare
from services.intake.people import Person, Words, blocks, named, parts
from tests.services.matcher.vaulted import SCHEMAS

WORDS = Words.parse(tomllib.loads((SCHEMAS / "policy" / "matching.toml").read_text()))


def person(given: str = "Rowena", family: str = "Saltmarsh", **more: Any) -> Person:  # noqa: ANN401
    sex, numbers = more.pop("sex", None), {k: more.pop(k) for k in ("nhs", "upn") if k in more}
    stated = {"given_name": given, "family_name": family, **more}
    found = named(stated, WORDS, sex=sex, **numbers)
    assert found is not None
    return found


def between(one: Person, other: Person) -> Comparison:
    assert compare(one, other, WORDS) == compare(other, one, WORDS)
    return compare(one, other, WORDS)


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Rowena", "ROWENA", "exact"),
        ("Zoë", "Zoe", "exact"),
        ("Anne-Marie", "Anne Marie", "exact"),
        ("Anne-Marie", "Annemarie", "exact"),
        ("Łukasz", "Lukasz", "exact"),
        ("Olivia", "Olivia", "exact-common"),
        ("Katherine", "Katie", "variant"),
        ("Mohammed", "Muhammad", "variant"),
        ("Rowena", "Rowena Jane", "variant"),
        ("Rowena", "Roewna", "variant"),
        ("Jayden", "Kayden", "near"),
        ("Rowena", "Rowenna", "near"),
        ("Rowena", "R", "near"),
        ("Muhammad", "Muhammad Ali", "near"),
        ("Muhammad Ali", "Muhammad Hassan", "other"),
        ("Rowena", "Linnet", "other"),
        ("Kate", "Charlotte", "other"),
    ],
)
def test_given_names(one: str, other: str, level: str) -> None:
    assert between(person(one), person(other)).given_name == level


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("O'Brien", "OBrien", "exact"),
        ("Khan", "Khan", "exact-common"),
        ("Saltmarsh-Reed", "Saltmarsh Reed", "exact"),
        ("Saltmarsh-Reed", "Reed", "variant"),
        ("Saltmarsh", "Satlmarsh", "variant"),
        ("Saltmarsh", "Saltmarch", "near"),
        ("Clark", "Clarke", "near"),
        ("Saltmarsh", "Otterstone", "other"),
        ("Begum Rahman", "Begum Islam", "other"),
    ],
)
def test_family_names(one: str, other: str, level: str) -> None:
    assert between(person(family=one), person(family=other)).family_name == level


def test_given_and_family_name_in_each_others_place() -> None:
    found = between(person("Ali", "Hassan"), person("Hassan", "Ali"))
    assert (found.given_name, found.family_name) == ("swapped", "swapped")


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("2010-03-04", "2010-03-04", "exact"),
        ("2010-03-04", "2010-04-03", "day-and-month"),
        ("2010-03-04", "2010-03-15", "fifteenth"),
        ("2010-03-04", "2010-03-24", "near"),
        ("2010-03-04", "2011-03-04", "near"),
        ("2010-03-04", "2011-04-03", "other"),
        ("2010-03-04", "2010-03-29", "other"),
        (None, "2010-03-04", "unknown"),
    ],
)
def test_birth_dates(one: str | None, other: str, level: str) -> None:
    found = between(person(date_of_birth=one), person(date_of_birth=other))
    assert found.birth_date == level


@pytest.mark.parametrize(
    ("other", "level"),
    [
        ("nr11aa", "same"), ("NR1 1AB", "sector"), ("NR1 2AA", "district"), ("NR11 1AA", "other"),
        ("", "unknown"), ("none", "unknown"),
    ],
)  # fmt: skip
def test_postcodes(other: str, level: str) -> None:
    found = between(person(postcode="NR1 1AA"), person(postcode=other))
    assert found.postcode == level


@pytest.mark.parametrize(
    ("one", "other", "level"), [("F", "F", "same"), ("F", "M", "other"), ("U", "M", "unknown")]
)
def test_sexes(one: str, other: str, level: str) -> None:
    assert between(person(sex=one), person(sex=other)).sex == level


def test_numbers_differ_only_where_none_is_the_same() -> None:
    assert between(person(nhs=b"1"), person(nhs=b"2")).number == "other"
    assert between(person(nhs=b"1", upn=b"u"), person(nhs=b"2", upn=b"u")).number == "unknown"
    assert between(person(nhs=b"1"), person(upn=b"u")).number == "unknown"


@pytest.mark.parametrize(
    ("given", "family"),
    [
        ("unborn", "Saltmarsh"), ("Unborn Baby", "Saltmarsh"), ("Baby", "Saltmarsh"),
        ("baby of Rowena", "Saltmarsh"), ("Unknown", "Saltmarsh"), ("not known", "Saltmarsh"),
        ("N/K", "Saltmarsh"), ("", "Saltmarsh"), ("  ", "Saltmarsh"), ("-", "Saltmarsh"),
        ("Rowena", "unknown"), ("Rowena", ""), ("?", "?"), ("Twin 1", "Saltmarsh"),
    ],
)  # fmt: skip
def test_an_unborn_or_unnamed_child_is_nobody(given: str, family: str) -> None:
    stated = {"given_name": given, "family_name": family, "date_of_birth": "2010-03-04"}
    assert named(stated, WORDS) is None


def test_a_name_in_letters_of_another_script_is_a_name() -> None:
    assert parts("Олена") == ("олена",)


@pytest.mark.parametrize(
    "other",
    [
        {"date_of_birth": "2010-04-03"}, {"given": "Linnet"}, {"family": "Otterstone"},
        {"given": "Saltmarsh", "family": "Rowena"}, {"date_of_birth": "2010-03-15"},
        {"date_of_birth": "2010-03-14"}, {"date_of_birth": "2011-03-04"},
        {"date_of_birth": None}, {"postcode": None},
        {"date_of_birth": "2010-03-14", "postcode": None},
        {"family": "Saltmarsh-Reed", "postcode": None},
    ],
)  # fmt: skip
def test_records_with_a_usual_error_meet_in_a_block(other: dict[str, Any]) -> None:
    known = {"date_of_birth": "2010-03-04", "postcode": "NR1 1AA"}
    assert set(blocks(person(**known))) & set(blocks(person(**{**known, **other})))


def test_strangers_do_not_meet() -> None:
    one = person(date_of_birth="2010-03-04", postcode="NR1 1AA")
    other = person("Linnet", "Otterstone", date_of_birth="2010-03-04", postcode="NR1 1AB")
    assert not set(blocks(one)) & set(blocks(other))
