"""How long may a client take to say what it wants? A connection that dawdles is ended.

uvicorn limits the time between requests only: half a header would stay open for ever.
"""

import asyncio
from typing import Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEADER_SECONDS: Final = 10.0  # from the connection's, or the header's, first byte to its last
BODY_SECONDS: Final = 30.0
BODY_BYTES: Final = 4096  # what must come of a body in that time, or its end


class Deadlines(H11Protocol):
    """uvicorn's protocol; ends, without an answer, a connection that is too slow to ask."""

    _awaited: type | None = None
    _timer: asyncio.TimerHandle | None = None
    _came = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn
        """Expect a header from now on."""
        super().connection_made(transport)
        self._await(h11.IDLE)

    def data_received(self, data: bytes) -> None:
        """Read on."""
        self._came += len(data)
        super().data_received(data)

    def handle_events(self) -> None:
        """Handle what has come, and see what is still missing."""
        super().handle_events()
        state = self.conn.their_state
        begun = state is h11.SEND_BODY or (state is h11.IDLE and self.conn.trailing_data[0])
        self._await(state if begun else None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing any more."""
        self._await(None)
        super().connection_lost(exc)

    def _await(self, part: type | None) -> None:
        """Start the time for the part of a request that is missing; it runs on for the same."""
        if part is self._awaited:
            return
        self._awaited, self._came = part, 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if part is not None:
            seconds = HEADER_SECONDS if part is h11.IDLE else BODY_SECONDS
            self._timer = self.loop.call_later(seconds, self._late)

    def _late(self) -> None:
        """End the connection, unless its body comes on or it is us who do not read."""
        part, came = self._awaited, self._came
        self._awaited = None
        if part is h11.SEND_BODY and (came >= BODY_BYTES or self.flow.read_paused):
            self._await(part)
        else:
            self.transport.abort()
