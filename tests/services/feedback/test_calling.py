"""A receiver is called within limits: no redirect, no inside address, no strange certificate."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.feedback.calling import Line
from services.runtime import clock
from tests.services.feedback.receiver import HANG, receiving

SECOND = timedelta(seconds=1)


async def call(line: Line, url: str) -> str:
    try:
        return await line.call(url, {"webhook-id": "e-1"}, b'{"id": "e-1"}')
    finally:
        await line.close()


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, "delivered"), (204, "delivered"), (410, "gone"), (500, "http-500"),
        (404, "http-404"), (302, "http-302"), (HANG, "timeout"),
    ],
)  # fmt: skip
async def test_how_a_call_went_is_a_code(status: int, outcome: str) -> None:
    async with receiving() as receiver:
        receiver.status = status
        url = f"http://127.0.0.1:{receiver.port}/hook?key=1"
        assert await call(Line(SECOND, private=True), url) == outcome
        (came,) = receiver.calls  # and no second one to where it redirects
    assert came.path == "/hook?key=1"
    assert came.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert came.headers["content-type"] == "application/json"
    assert came.body == b'{"id": "e-1"}'


async def test_an_inside_address_is_not_called_whatever_its_name() -> None:
    async def inside(_: str, __: int) -> list[str]:
        return ["1.1.1.1", "127.0.0.1"]

    async with receiving() as receiver:
        for line in (Line(SECOND), Line(SECOND, resolve=inside)):
            url = f"http://127.0.0.1:{receiver.port}/"
            assert await call(line, url) == "address-refused"
        assert receiver.calls == []


async def test_who_is_not_there_is_told_by_a_code() -> None:
    async def nowhere(_: str, __: int) -> list[str]:
        return []

    assert await call(Line(SECOND, private=True), "http://127.0.0.1:1/") == "no-connection"
    assert await call(Line(SECOND, resolve=nowhere), "http://nowhere/") == "no-such-host"
    unresolved = "http://receiver.invalid/"
    assert await call(Line(2 * SECOND), unresolved) in {"no-such-host", "timeout"}


async def test_the_name_and_not_the_address_is_what_a_certificate_is_checked_by(
    tmp_path: Path,
) -> None:
    served, trusted = certificate(tmp_path, "receiver.test")

    async def pinned(_: str, __: int) -> list[str]:
        return ["127.0.0.1"]

    async with receiving(served) as receiver:
        for host, outcome in (("receiver.test", "delivered"), ("another.test", "no-trust")):
            line = Line(2 * SECOND, private=True, resolve=pinned, trust=trusted)
            assert await call(line, f"https://{host}:{receiver.port}/") == outcome
        (came,) = receiver.calls
        assert came.headers["host"] == f"receiver.test:{receiver.port}"
        line = Line(2 * SECOND, private=True, resolve=pinned)
        assert await call(line, f"https://receiver.test:{receiver.port}/") == "no-trust"
        await asyncio.sleep(0)


def certificate(folder: Path, host: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Make a certificate that signs itself; return who serves by it and who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = clock.now().astimezone(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    (folder / "cert.pem").write_bytes(
        pem
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(folder / "cert.pem")
    return served, ssl.create_default_context(cadata=pem.decode())
