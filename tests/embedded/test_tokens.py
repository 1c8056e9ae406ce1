import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from deploy.embedded import tokens
from services.runtime import clock
from services.runtime.acting import Acting
from services.runtime.auth import Caller, Verifier

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def key(tmp_path: Path) -> ECKey:
    return tokens.signing_key(tmp_path / "signing.jwk", tmp_path / "jwks.json")


def test_the_key_is_made_once_and_is_private(tmp_path: Path, key: ECKey) -> None:
    again = tokens.signing_key(tmp_path / "signing.jwk", tmp_path / "jwks.json")
    assert again.as_dict(private=True) == key.as_dict(private=True)
    assert (tmp_path / "signing.jwk").stat().st_mode & 0o077 == 0


def test_what_services_are_given_holds_no_private_part(tmp_path: Path, key: ECKey) -> None:
    [published] = json.loads((tmp_path / "jwks.json").read_text())["keys"]
    assert "d" not in published
    assert published["kid"] == key.kid


@pytest.mark.parametrize("persona", tokens.PERSONAS)
def test_services_accept_each_personas_token(tmp_path: Path, key: ECKey, persona: str) -> None:
    token = tokens.mint(key, persona, clock.now())
    caller = Verifier(tmp_path / "jwks.json").verify(f"Bearer {token}")
    who = tokens.PERSONAS[persona]
    assert (caller.agency, caller.role) == (who.agency, who.role)


def test_a_token_lives_thirty_days(key: ECKey) -> None:
    claims = jwt.decode(tokens.mint(key, "pcc-editor", NOON), key, algorithms=["ES256"]).claims
    assert claims["exp"] - claims["iat"] == 30 * 24 * 60 * 60


def test_a_token_with_more_than_a_day_left_is_kept(key: ECKey) -> None:
    held = tokens.renew(key, {}, NOON)
    assert tokens.renew(key, held, NOON + timedelta(days=29) - timedelta(seconds=1)) == held


def test_tokens_with_a_day_left_are_all_renewed(key: ECKey) -> None:
    held = tokens.renew(key, {}, NOON)
    renewed = tokens.renew(key, held, NOON + timedelta(days=29))
    assert all(renewed[persona] != held[persona] for persona in tokens.PERSONAS)


def test_a_token_of_another_key_is_renewed(tmp_path: Path, key: ECKey) -> None:
    other = tokens.signing_key(tmp_path / "other.jwk", tmp_path / "other.json")
    held = tokens.renew(other, {}, NOON)
    assert not set(tokens.renew(key, held, NOON).values()) & set(held.values())


def test_a_new_key_signs_and_the_old_ones_tokens_are_good_until_they_end(tmp_path: Path) -> None:
    private, public = tmp_path / "signing.jwk", tmp_path / "jwks.json"
    old = tokens.signing_key(private, public)
    verifier = Verifier(public)
    before = tokens.mint(old, "norfolk-csc", clock.now())
    new = tokens.rotate(private, public, clock.now())
    assert tokens.signing_key(private, public).kid == new.kid != old.kid
    after = tokens.mint(new, "norfolk-csc", clock.now())
    assert verifier.verify(before) == verifier.verify(after)


@pytest.mark.parametrize(("passed", "known"), [(timedelta(0), True), (timedelta(minutes=6), False)])
def test_a_key_that_signs_no_more_is_forgotten_once_its_last_token_has_ended(
    tmp_path: Path, passed: timedelta, *, known: bool
) -> None:
    private, public = tmp_path / "signing.jwk", tmp_path / "jwks.json"
    old = tokens.signing_key(private, public)
    tokens.rotate(private, public, clock.now() - tokens.LIFETIME - passed)
    second = tokens.signing_key(private, public)
    third = tokens.rotate(private, public, clock.now())
    kids = [key["kid"] for key in json.loads(public.read_text())["keys"]]
    assert kids == [third.kid, second.kid, *([old.kid] if known else [])]


def test_after_a_rotation_every_persona_gets_a_token_by_the_new_key(tmp_path: Path) -> None:
    private, public = tmp_path / "signing.jwk", tmp_path / "jwks.json"
    held = tokens.renew(tokens.signing_key(private, public), {}, NOON)
    renewed = tokens.renew(tokens.rotate(private, public, NOON), held, NOON)
    assert not set(renewed.values()) & set(held.values())


def test_a_services_own_key_is_published_once_marked_and_outlives_a_rotation(
    tmp_path: Path,
) -> None:
    tokens.signing_key(tmp_path / "signing.jwk", tmp_path / "jwks.json")
    private, public = tmp_path / "pages.jwk", tmp_path / "jwks.json"
    tokens.acting_key(private, public, "dashboards")
    tokens.acting_key(private, public, "dashboards")
    tokens.rotate(tmp_path / "signing.jwk", public, clock.now())
    published = json.loads(public.read_text())["keys"]
    marked = [one for one in published if "acts" in one]
    assert [one["acts"] for one in marked] == ["dashboards"]
    assert len(published) == 3
    assert not any("d" in one for one in published)
    who = Caller("SGT-1", "norfolk-police", "police-supervisor")
    assert (
        Verifier(public).verify(Acting.load(private, "dashboards").token(who)).agency == who.agency
    )
