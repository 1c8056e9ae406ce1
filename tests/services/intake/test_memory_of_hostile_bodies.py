"""Bodies that have exhausted other servers: refused at once, while memory stays flat."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.services.conftest import Dsn
from tests.services.intake import bombs
from tests.services.intake.conftest import KEY, MASTER_KEY, token
from tests.services.intake.filled import CSV, XLSX
from tests.services.intake.sending import BATCH, STRUCTURED
from tests.services.intake.serving import Served, serving

FLAT = 96 * 1024 * 1024
"""What one refusal may add to the process's peak: the largest body read, and some copies."""
EVENTS, IMPORTS = "/v1/events", "/v1/imports"
XML = "application/xml"
LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"lol") for n in range(10)
)

HOSTILE = [
    ("nested brackets", EVENTS, STRUCTURED, b"[" * 10_000 + b"]" * 10_000, 422),
    ("unclosed brackets", EVENTS, STRUCTURED, b"[" * 200_000, 422),
    ("a batch of brackets", EVENTS, BATCH, b"[" + b"[]," * 3_400_000 + b"[]]", 413),
    ("a batch of keys", EVENTS, BATCH, b"[{" + b'"a":1,' * 1_600_000 + b'"a":1}]', 413),
    ("a batch of digits", EVENTS, BATCH, b"[" + b"9" * 9_000_000 + b"]", 200),
    ("a null byte", EVENTS, STRUCTURED, b'{"id": "\x00"}', 400),
    ("laughs", IMPORTS, XML, b"<!DOCTYPE m [" + LAUGHS + b"]><Message>&l9;</Message>", 422),
    ("a document type elsewhere", IMPORTS, XML,
     b'<!DOCTYPE m SYSTEM "file:///etc/passwd"><Message/>', 422),
    ("elements without end", IMPORTS, XML, b"<Message>" + b"<a/>" * 5_000_000 + b"</Message>", 422),
    ("nested elements", IMPORTS, XML, b"<Message>" + b"<a>" * 10_000, 422),
    ("a zip of blanks", IMPORTS, XLSX, bombs.spaces(), 422),
    ("a zip that lies", IMPORTS, XLSX, bombs.lying(), 400),
    ("cells without end", IMPORTS, XLSX, bombs.cells(), 422),
    ("strings without end", IMPORTS, XLSX, bombs.strings(), 422),
    ("entities in a workbook", IMPORTS, XLSX, bombs.entities(), 422),
    ("a row far down", IMPORTS, XLSX, bombs.far_row(), 422),
    ("nesting in a workbook", IMPORTS, XLSX, bombs.nested(), 422),
    ("parts without end", IMPORTS, XLSX, bombs.parts(), 422),
    ("no workbook", IMPORTS, XLSX, b"PK\x03\x04" + b"\0" * 1_000_000, 400),
    ("rows without end", IMPORTS, CSV, b"type\n" + b"x\n" * 4_000_000, 422),
    ("columns without end", IMPORTS, CSV, b"type" + b",x" * 4_000_000, 422),
    ("a quote without end", IMPORTS, CSV, b'type\n"' + b"x" * 9_000_000, 400),
    ("zero bytes", IMPORTS, CSV, b"type\n\0", 400),
    ("no text", IMPORTS, CSV, b"type\n\x81\x8d", 400),
    ("a table too large", IMPORTS, CSV, b"x" * 11_000_000, 413),
    ("a tag without end", IMPORTS, XML, b"<Message " + b"a" * 20_000_000, 422),
]  # fmt: skip


@pytest.fixture
def served(dsn: Dsn, tmp_path: Path) -> Iterator[Served]:
    with serving(dsn("intake"), tmp_path, KEY, MASTER_KEY) as intake:
        yield intake


def headers(media: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token('norfolk-csc', 'agency')}", "Content-Type": media}


def test_hostile_bodies_are_refused_and_memory_stays_flat(served: Served) -> None:
    told = []
    with httpx.Client(base_url=served.url, timeout=60) as client:
        client.get("/v1/receipts/none", headers=headers(STRUCTURED))
        before = served.peak()
        for name, path, media, body, status in HOSTILE:
            answer = client.post(path, content=body, headers=headers(media))
            assert answer.status_code == 200 or answer.json()["code"], name
            if answer.status_code != status or served.peak() - before > FLAT:
                told.append((name, answer.status_code, served.peak() - before))
    assert told == []


@pytest.mark.parametrize("path", [EVENTS, IMPORTS])
def test_a_hundred_megabytes_are_refused_on_their_length_alone(served: Served, path: str) -> None:
    before = served.peak()
    status = _announced(served.url, path, b"Content-Length: 104857600")
    assert status == b"413"
    assert served.peak() - before < FLAT


@pytest.mark.parametrize("path", [EVENTS, IMPORTS])
def test_a_hundred_megabytes_in_chunks_are_refused_at_the_limit(served: Served, path: str) -> None:
    before = served.peak()
    status = _announced(served.url, path, b"Transfer-Encoding: chunked", pieces=1_600)
    assert status == b"413"
    assert served.peak() - before < FLAT


def _announced(url: str, path: str, length: bytes, pieces: int = 0) -> bytes:
    """Send a head, then so many chunks of 64 kB until answered; return the status."""
    where = urlsplit(url)
    bearer = token("norfolk-csc", "agency").encode()
    media = BATCH if path == EVENTS else XML
    head = b"\r\n".join(
        [b"POST %s HTTP/1.1" % path.encode(), b"Host: intake", b"Authorization: Bearer " + bearer,
         b"Content-Type: " + media.encode(), length, b"", b""]
    )  # fmt: skip
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    with socket.create_connection((where.hostname or "", where.port or 0), 30) as line:
        line.sendall(head)
        line.settimeout(0)
        for _ in range(pieces):
            try:
                if line.recv(1, socket.MSG_PEEK):
                    break
            except BlockingIOError:
                pass
            line.settimeout(30)
            try:
                line.sendall(chunk)
            except OSError:
                break
            line.settimeout(0)
        line.settimeout(30)
        return line.recv(4096).split(b" ", 2)[1]
