"""Refs leave the vault: none may say who the child is."""

from typing import Any

import pytest

from services.intake import identity_in_refs
from services.intake.identifiers import nhs_number, upn
from tests.services.intake.sending import Sender, child, detention, retraction

WHO: dict[str, Any] = {
    "given_name": "Li",
    "family_name": "Quill-Feather",
    "date_of_birth": "2010-02-11",
    "nhs_number": "9990000018",
    "upn": "A926123419001",
    "postcode": "NR1 1AA",
}


@pytest.mark.parametrize(
    "ref",
    [
        "C-quill-7", "c/QUILLFEATHER/1", "7quiLL9", "quill.feat-her", "C-Li-7", "LiQuill-1",
        "QUILLFEATHERLI", "C_feather_li", "li", "C-20100211", "11022010",
        "2010-02-11-1", "C-100211-2", "C-110210", "9990000018", "C-999-000-0018", "A926123419001",
        "C-NR1-1AA", "nr11aa",
    ],
)  # fmt: skip
def test_a_ref_that_says_who_the_child_is_is_found(ref: str) -> None:
    assert identity_in_refs.faults([WHO], [("/id", ref)])


@pytest.mark.parametrize(
    "ref",
    [
        "C-1",
        "police-7",
        "Clive-3",
        "CquiLL9",
        "tranquillity-1",
        "5f1ca3d2-0000-4000-8000-cade00000001",
        "C-20100212",
        "1002114",
        "36CX/1234/26",
        "NR2-1AB",
        "2010",
    ],
)
def test_a_ref_that_does_not_is_left_alone(ref: str) -> None:
    assert not identity_in_refs.faults([WHO], [("/id", ref)])


@pytest.mark.parametrize(
    ("name", "ref"),
    [
        ("Dent", "INCIDENT-1"), ("King", "BOOKING/7"), ("Case", "CASE-7"), ("Ref", "school_ref-9"),
        ("Cade", "1cade2b3-1111-4111-8111-111111111111"),
        ("Ed", "4111ed11411181111111111111111111"),
        ("Kent", "KENT-2026-7"),
    ],
)  # fmt: skip
def test_a_name_inside_an_ordinary_ref_is_no_name(name: str, ref: str) -> None:
    for field in ("given_name", "family_name"):
        assert not identity_in_refs.faults([{field: name}], [("/id", ref)], "kent-police")


@pytest.mark.parametrize(
    ("child_of", "ref"),
    [
        ({"family_name": "Dent"}, "INCIDENT-DENT-1"), ({"family_name": "King"}, "king/7"),
        ({"family_name": "Case", "given_name": "Ann"}, "anncase-7"),
        ({"family_name": "O'Brien"}, "C-o-brien-7"), ({"family_name": "Kent"}, "C-KENT-7"),
        ({"given_name": "José"}, "jose1"), ({"family_name": "Cade"}, "C-cade-1"),
    ],
)  # fmt: skip
def test_a_name_that_is_a_word_of_a_ref_is_found(child_of: dict[str, str], ref: str) -> None:
    assert identity_in_refs.faults([child_of], [("/id", ref)], "norfolk-police")


async def test_a_name_in_the_system_of_a_source_is_refused_and_not_repeated(police: Sender) -> None:
    who = child(family_name="Quillfeather")
    answer = await police.post(detention(child=who, source="/norfolk-police/quillfeather"))
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/source"]
    assert "quill" not in answer.text
    for source in ("/norfolk-police/quillfeather", "/quillfeather/custody"):
        answer = await police.post(retraction({"source": source, "id": "e"}, child=who))
        assert [e["pointer"] for e in answer.json()["errors"]] == ["/data/retracts/source"]
    called_norfolk = child(local_id="P-9", family_name="Norfolk", given_name="Case")
    assert (await police.post(detention(child=called_norfolk))).status_code == 202


async def test_a_held_name_is_refused_as_a_word_and_not_inside_one(police: Sender) -> None:
    await police.post(detention("C-1", child=child(family_name="Dent")))
    known = {"local_id": "P-1"}
    assert (await police.post(detention("INCIDENT-1", child=known))).status_code == 202
    assert (await police.post(detention("C-DENT-1", child=known))).status_code == 422
    other = await police.post(detention("C-2", child=known, source="/norfolk-police/dent"))
    assert other.status_code == 422


def test_blank_identity_is_in_no_ref() -> None:
    blank = {"given_name": "", "family_name": " ", "postcode": "-", "upn": ""}
    assert not identity_in_refs.faults([blank], [("/id", "C-1")])


def test_check_digits_and_letters() -> None:
    assert nhs_number("943 476 5919") == "9434765919"
    assert nhs_number("9434765918") is None
    for valid in ("A926123419001", "K926200024015", "L381001783014"):
        assert upn(valid) == valid
    assert upn("B926123419001") is None


async def test_identity_stated_in_the_event_is_refused_and_not_repeated(police: Sender) -> None:
    sent = detention(
        "C-Quillfeather-1", child=child(family_name="Quillfeather"), id="quillfeather-9"
    )
    answer = await police.post(sent)
    assert answer.status_code == 422
    found = {(e["pointer"], e["code"]) for e in answer.json()["errors"]}
    assert found == {
        ("/id", "identity-in-reference"),
        ("/data/custody_ref", "identity-in-reference"),
    }
    assert "quill" not in answer.text.lower()
    [item] = (await police.batch([sent])).json()["receipts"]
    assert item["status"] == 422
    assert item["id"] is None


async def test_identity_held_for_the_record_is_refused(police: Sender) -> None:
    await police.post(detention("C-1", child=child(family_name="Quillfeather")))
    answer = await police.post(detention("quillfeather-2", child={"local_id": "P-1"}))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "identity-in-reference"
    assert (
        await police.post(detention("quillfeather-2", child={"local_id": "P-2"}))
    ).status_code == 202


async def test_a_ref_that_merely_passes_a_check_digit_is_accepted(police: Sender) -> None:
    assert (await police.post(detention("C-9434765919"))).status_code == 202
