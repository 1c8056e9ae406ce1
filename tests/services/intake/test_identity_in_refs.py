"""Refs leave the vault: none may say who the child is."""

from typing import Any

import pytest

from services.intake import identity_in_refs
from services.intake.identifiers import nhs_number, upn
from tests.services.intake.sending import Sender, child, detention

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
        "C-quill-7", "c/QUILLFEATHER/1", "CquiLL9", "C-Li-7", "li", "C-20100211", "11022010",
        "2010-02-11-1", "C-100211-2", "C-110210", "9990000018", "C-999-000-0018", "A926123419001",
        "C-NR1-1AA", "nr11aa",
    ],
)  # fmt: skip
def test_a_ref_that_says_who_the_child_is_is_found(ref: str) -> None:
    assert identity_in_refs.faults([WHO], [("/id", ref)])


@pytest.mark.parametrize(
    "ref",
    ["C-1", "police-7", "Clive-3", "C-20100212", "1002114", "36CX/1234/26", "NR2-1AB", "2010"],
)
def test_a_ref_that_does_not_is_left_alone(ref: str) -> None:
    assert not identity_in_refs.faults([WHO], [("/id", ref)])


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
