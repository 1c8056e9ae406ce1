"""Is a client that takes its time sent away, and one that does not left alone?"""

import asyncio
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI, Request

from services.runtime import status

POST = b"POST /echo HTTP/1.1\r\nhost: h\r\ncontent-length: 8000\r\n\r\n"
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def connection(
    monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> AsyncIterator[Connection]:
    monkeypatch.setattr("services.runtime.deadlines.HEADER_SECONDS", 0.2)
    monkeypatch.setattr("services.runtime.deadlines.BODY_SECONDS", 0.2)
    app = FastAPI()

    @app.post("/echo")
    async def echo(request: Request) -> int:
        return len(await request.body())

    async with status.serve(app, "127.0.0.1", unused_tcp_port):
        reader, writer = await asyncio.open_connection("127.0.0.1", unused_tcp_port)
        yield reader, writer
        writer.close()


async def ended(reader: asyncio.StreamReader) -> bool:
    """Wait for the server to end the connection without a word."""
    try:
        async with asyncio.timeout(10):
            return await reader.read() == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nx-half: ", POST, POST + b"x" * 7999])
async def test_a_connection_with_half_a_request_is_ended(
    connection: Connection, sent: bytes
) -> None:
    reader, writer = connection
    writer.write(sent)
    assert await ended(reader)


@pytest.mark.parametrize("start", [b"GET / HTTP/1.1\r\nx-drip: ", POST])
async def test_a_drip_is_not_progress(connection: Connection, start: bytes) -> None:
    reader, writer = connection

    async def drip() -> None:
        writer.write(start)
        while True:
            writer.write(b"x")
            await asyncio.sleep(0.05)

    dripping = asyncio.create_task(drip())
    assert await ended(reader)
    dripping.cancel()


async def test_half_a_request_behind_a_whole_one_is_ended(connection: Connection) -> None:
    reader, writer = connection
    writer.write(POST + b"x" * 8000 + POST)
    assert b"200 OK" in await reader.readuntil(b"8000")
    assert await ended(reader)


async def test_a_connection_that_waits_between_requests_is_kept(connection: Connection) -> None:
    reader, writer = connection
    for _ in range(2):
        writer.write(POST + b"x" * 8000)
        assert b"200 OK" in await reader.readuntil(b"8000")
        await asyncio.sleep(0.5)


async def test_a_body_that_comes_on_is_waited_for(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.runtime.deadlines.BODY_BYTES", 1)
    reader, writer = connection
    writer.write(POST)
    for _ in range(8):
        await asyncio.sleep(0.1)
        writer.write(b"x" * 1000)
    assert b"200 OK" in await reader.readuntil(b"8000")
