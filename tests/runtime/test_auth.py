"""Does the verifier take only tokens that our keys have signed, for us, in time?"""

import hmac
import json
import os
from base64 import urlsafe_b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from services.runtime import clock
from services.runtime.acting import Acting
from services.runtime.auth import Caller, Unauthorised, Verifier


def key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})


def encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def publish(path: Path, *keys: ECKey) -> None:
    """Write the public keys, with a time of change that differs from the last."""
    path.write_text(json.dumps(KeySet(list(keys)).as_dict(private=False)))
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, publish.count))  # type: ignore[attr-defined]
    publish.count += 1_000_000_000  # type: ignore[attr-defined]


publish.count = 1_000_000_000  # type: ignore[attr-defined]


def mint(signing: ECKey, header: dict[str, Any] | None = None, **claims: object) -> str:
    now = int(clock.now().timestamp())
    content = {
        "iss": "referral-watch",
        "aud": "referral-watch",
        "sub": "norfolk-police",
        "agency": "norfolk-police",
        "role": "agency",
        "iat": now,
        "exp": now + 300,
    } | claims
    content = {name: value for name, value in content.items() if value is not None}
    full = {"alg": "ES256", "kid": signing.kid} | (header or {})
    return jwt.encode(full, content, signing, algorithms=["ES256"])


@pytest.fixture
def jwks(tmp_path: Path) -> Path:
    return tmp_path / "jwks.json"


@pytest.fixture
def signing(jwks: Path) -> ECKey:
    made = key("one")
    publish(jwks, made)
    return made


def test_a_good_token_names_the_caller(jwks: Path, signing: ECKey) -> None:
    caller = Verifier(jwks).verify("Bearer " + mint(signing, areas=["E10000020"]))
    assert caller == Caller("norfolk-police", "norfolk-police", "agency", ("E10000020",), ())


def test_a_token_names_the_purposes_for_which_alone_its_holder_may_ask(
    jwks: Path, signing: ECKey
) -> None:
    verifier = Verifier(jwks)
    narrow = verifier.verify(mint(signing, purposes=["complaint"]))
    assert (narrow.may_ask("complaint"), narrow.may_ask("safeguarding")) == (True, False)
    assert not verifier.verify(mint(signing)).may_ask("safeguarding")
    assert not verifier.verify(mint(signing, purposes=[])).may_ask("safeguarding")


def test_no_areas_at_all_differ_from_areas_that_are_not_stated(jwks: Path, signing: ECKey) -> None:
    verifier = Verifier(jwks)
    assert verifier.verify(mint(signing, areas=[])).areas == ()
    assert verifier.verify(mint(signing)).areas is None


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": 1_000_000_000}, "expired"),
        ({"exp": None}, "claims"),
        ({"aud": "another"}, "claims"),
        ({"aud": None}, "claims"),
        ({"iss": "another"}, "claims"),
        ({"sub": None}, "claims"),
        ({"agency": None}, "claims"),
        ({"role": "king"}, "claims"),
        ({"agency": ["norfolk-police"]}, "claims"),
        ({"areas": "E10000020"}, "claims"),
        ({"areas": False}, "claims"),
        ({"purposes": "safeguarding"}, "claims"),
        ({"agency": ""}, "claims"),
        ({"iat": 9_000_000_000}, "claims"),
        ({"nbf": 9_000_000_000}, "claims"),
    ],
)
def test_a_token_with_wrong_claims_is_refused(
    jwks: Path, signing: ECKey, claims: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Unauthorised) as refused:
        Verifier(jwks).verify(mint(signing, **claims))
    assert refused.value.reason == reason


@pytest.mark.parametrize(("seconds", "good"), [(-50, True), (-70, False)])
def test_clocks_may_differ_by_a_minute(
    jwks: Path, signing: ECKey, seconds: int, *, good: bool
) -> None:
    token = mint(signing, exp=int(clock.now().timestamp()) + seconds)
    if good:
        Verifier(jwks).verify(token)
    else:
        with pytest.raises(Unauthorised):
            Verifier(jwks).verify(token)


def test_another_key_of_the_same_name_is_refused(jwks: Path, signing: ECKey) -> None:
    del signing
    with pytest.raises(Unauthorised):
        Verifier(jwks).verify(mint(key("one")))


def test_a_key_that_the_token_brings_along_is_refused(jwks: Path, signing: ECKey) -> None:
    del signing
    own = key("mine")
    with pytest.raises(Unauthorised):
        Verifier(jwks).verify(mint(own, {"jwk": own.as_dict(private=False)}))


def test_the_public_key_used_as_a_shared_secret_is_refused(jwks: Path, signing: ECKey) -> None:
    _, content, _ = mint(signing).split(".")
    head = b'{"alg":"HS256","kid":"one"}'
    signed = f"{encoded(head)}.{content}"
    mac = hmac.digest(signing.as_pem(private=False), signed.encode(), "sha256")
    with pytest.raises(Unauthorised):
        Verifier(jwks).verify(f"{signed}.{encoded(mac)}")


def test_a_token_without_a_signature_is_refused(jwks: Path, signing: ECKey) -> None:
    _, content, _ = mint(signing).split(".")
    for signature in ("", "AAAA"):
        with pytest.raises(Unauthorised):
            Verifier(jwks).verify(f"eyJhbGciOiJub25lIn0.{content}.{signature}")


@pytest.mark.parametrize(
    "bearer",
    ["", "Bearer", "Bearer ", "Basic abc", "a b c", "....", "\x00", "x" * 5000, "e30.e30.e30"],
)
def test_what_is_not_a_token_is_refused(jwks: Path, signing: ECKey, bearer: str) -> None:
    del signing
    with pytest.raises(Unauthorised):
        Verifier(jwks).verify(bearer)


def test_a_changed_token_is_refused(jwks: Path, signing: ECKey) -> None:
    head, content, signature = mint(signing).split(".")
    _, other, _ = mint(signing, agency="norfolk-csc").split(".")
    assert content != other
    with pytest.raises(Unauthorised):
        Verifier(jwks).verify(f"{head}.{other}.{signature}")


def test_keys_rotate_with_an_overlap_and_without_a_restart(jwks: Path, signing: ECKey) -> None:
    verifier = Verifier(jwks)
    old, new = mint(signing), key("two")
    publish(jwks, signing, new)
    verifier.verify(mint(new))
    verifier.verify(old)
    publish(jwks, new)
    with pytest.raises(Unauthorised):
        verifier.verify(old)


def _pages(jwks: Path, signing: ECKey) -> ECKey:
    """Publish the pages' own key beside the one that signs all tokens."""
    made = key("pages")
    content = KeySet([signing, made]).as_dict(private=False)
    content["keys"][1]["acts"] = "dashboards"
    jwks.write_text(json.dumps(content))
    return made


def test_who_acts_through_our_pages_is_known_as_such(jwks: Path, signing: ECKey) -> None:
    who = Caller("SGT-1", "norfolk-police", "police-supervisor", ("E10000020",), ("complaint",))
    token = Acting(_pages(jwks, signing), "dashboards").token(who)
    assert Verifier(jwks).verify(token) == replace(who, through="dashboards")


def test_nobody_else_says_that_somebody_acts_through_them(jwks: Path, signing: ECKey) -> None:
    pages = _pages(jwks, signing)
    act = {"sub": "dashboards"}
    good = mint(pages, act=act, exp=int(clock.now().timestamp()) + 60)
    assert Verifier(jwks).verify(good).through == "dashboards"
    for signed in (
        mint(signing, act=act),  # by the key of all tokens
        mint(pages, exp=int(clock.now().timestamp()) + 60),  # without saying through whom
        mint(pages, act={"sub": "alerts"}, exp=int(clock.now().timestamp()) + 60),
        mint(pages, act=act),  # for longer than moments
    ):
        with pytest.raises(Unauthorised, match="claims"):
            Verifier(jwks).verify(signed)
