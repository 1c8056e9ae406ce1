"""Is what is odd about an accepted event counted, and nothing else?"""

import pytest

from services.intake.warnings import warnings

VALID_NHS, OTHER_DIGITS = "9990000018", "9990000019"


@pytest.mark.parametrize(
    ("event", "codes"),
    [
        ({"id": "e-1", "data": {"child": {"nhs_number": VALID_NHS}}}, []),
        ({"id": "e-1", "data": {"child": {"nhs_number": OTHER_DIGITS}}}, ["nhs-number-check"]),
        ({"id": "e-1", "data": {"child": {"upn": "B926123419001"}}}, ["upn-check"]),
        ({"id": f"e-{VALID_NHS}", "data": {}}, ["ref-looks-like-identifier"]),
        ({"id": f"e-{OTHER_DIGITS}", "data": {}}, []),
        ({"id": "INCIDENT-1", "data": {"child": {"family_name": "Dent"}}}, []),
        (
            {"id": "accident-1", "data": {"child": {"family_name": "Dent"}}},
            ["name-inside-reference"],
        ),
        ({"id": "C-cade-1", "data": {"child": {"family_name": "Cad"}}}, []),
        ({"id": "e-1", "data": {"custody_ref": VALID_NHS}}, ["ref-looks-like-identifier"]),
    ],
)
def test_an_odd_identifier_is_named_by_a_code(event: dict[str, object], codes: list[str]) -> None:
    assert list(warnings(event)) == codes
