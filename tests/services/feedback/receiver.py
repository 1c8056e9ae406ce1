"""A receiver of webhooks on a real port that answers, fails, hangs or redirects as it is told."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec

HANG = 0


@dataclass(frozen=True)
class Call:
    """One call that came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.json.decode(self.body)
        return found


@dataclass
class Receiver:
    """What came in, and what is answered: a status for each path, HANG for no answer."""

    port: int = 0
    status: int = 204
    calls: list[Call] = field(default_factory=list)
    open: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def ids(self) -> list[str]:
        return [call.said["id"] for call in self.calls]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.open.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.strip().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines)
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            exact = {name: _value(lines, name) for name in headers}
            self.calls.append(Call(first.split(" ")[1], exact, body))
            if self.status == HANG:
                await asyncio.sleep(3600)
            more = f"Location: http://127.0.0.1:{self.port}/elsewhere\r\n"
            answer = f"HTTP/1.1 {self.status} X\r\n{more}Content-Length: 0\r\n\r\n"
            writer.write(answer.encode())
            await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, OSError):
            pass
        finally:
            self.open.discard(task)
            writer.close()


def _value(lines: list[str], name: str) -> str:
    return next(line.split(": ", 1)[1] for line in lines if line.lower().startswith(f"{name}:"))


@asynccontextmanager
async def receiving(trust: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """Receive on a free port."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=trust)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in list(receiver.open):
            task.cancel()
        await asyncio.gather(*receiver.open, return_exceptions=True)
