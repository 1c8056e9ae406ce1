"""Is what the HTTP faces say of themselves what is kept in schemas/openapi?"""

import pytest

from deploy.openapi import FACES, SCHEMAS, described, path_of, written


@pytest.mark.parametrize("service", FACES)
def test_the_kept_description_is_the_one_served(service: str) -> None:
    kept = path_of(service).read_text(encoding="utf-8")
    assert kept == written(described(service)), "run `python -m deploy.openapi`"


def test_every_kept_description_belongs_to_a_face() -> None:
    assert {path.stem for path in (SCHEMAS / "openapi").glob("*.json")} == set(FACES)
