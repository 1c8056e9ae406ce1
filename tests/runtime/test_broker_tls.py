"""Is the way to the broker sealed where certificates are told, and by nothing but those?"""

import asyncio
import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.runtime import broker_tls, clock

HOST = "127.0.0.1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a certificate that is its own authority, as ca.crt, user.crt and user.key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    (tmp_path / "ca.crt").write_bytes(pem)
    (tmp_path / "user.crt").write_bytes(pem)
    (tmp_path / "user.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return tmp_path


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    broker_tls.configure(None)


def test_without_certificates_clients_are_told_nothing() -> None:
    broker_tls.configure(None)
    assert broker_tls.client() == {}
    assert broker_tls.credentials() is None
    assert broker_tls.admin(None) == {}


async def test_both_sides_show_who_they_are_and_a_stranger_is_not_spoken_to(folder: Path) -> None:
    broker_tls.configure(folder)
    told = broker_tls.client()
    assert told["security_protocol"] == "SSL"
    assert broker_tls.credentials().context is told["ssl_context"]
    broker = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(folder / "ca.crt"))
    broker.load_cert_chain(folder / "user.crt", folder / "user.key")
    broker.verify_mode = ssl.CERT_REQUIRED
    seen: list[object] = []

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(writer.get_extra_info("peercert"))
        writer.close()

    server = await asyncio.start_server(answer, HOST, 0, ssl=broker)
    port = server.sockets[0].getsockname()[1]
    async with server:
        place = {"ssl": told["ssl_context"], "server_hostname": "localhost"}
        reader, writer = await asyncio.open_connection(HOST, port, **place)
        await reader.read()
        writer.close()
        assert seen
        with pytest.raises(ssl.SSLError):
            await asyncio.open_connection(HOST, port, ssl=ssl.create_default_context())
