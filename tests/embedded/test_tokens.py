import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from deploy.embedded import tokens
from services.runtime import clock
from services.runtime.auth import Verifier

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
