"""How is a receiver called that we do not know? Within limits, and nowhere inside our own network.

Its name is resolved once, every address is looked at, and the call goes to one of these: a name
that leads elsewhere a moment later gains nothing. Redirects are not followed, the answer's body is
not read, and no connection is used twice, so that no certificate stands for another name.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

import httpx

from services.runtime.addresses import is_public

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Returns the addresses of a host; raises OSError where there are none."""

DELIVERED: Final = "delivered"
GONE: Final = "gone"
_GONE_STATUS: Final = 410


class Refused(Exception):
    """The receiver's address is not one that we call."""


async def resolve(host: str, port: int) -> list[str]:
    """Ask the system for a host's addresses."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(place[0]) for *_, place in found]


class Line:
    """Calls receivers. `private` allows addresses inside as well: for a demo and for tests."""

    def __init__(
        self,
        timeout: timedelta,
        *,
        private: bool = False,
        resolve: Resolve = resolve,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._timeout = timeout.total_seconds()
        self._private = private
        self._resolve = resolve
        self._client = httpx.AsyncClient(
            verify=trust or ssl.create_default_context(),
            follow_redirects=False,
            trust_env=False,
            timeout=self._timeout,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        )

    async def close(self) -> None:
        """Hang up."""
        await self._client.aclose()

    async def call(self, url: str, headers: Mapping[str, str], body: bytes) -> str:
        """Post a body; return a code: `delivered`, `gone`, or why it was in vain."""
        try:
            async with asyncio.timeout(self._timeout):
                return _outcome(await self._post(httpx.URL(url), headers, body))
        except (TimeoutError, httpx.TimeoutException):
            return "timeout"
        except Refused:
            return "address-refused"
        except (socket.gaierror, UnicodeError):
            return "no-such-host"
        except httpx.ConnectError as error:
            return "no-trust" if _is_distrust(error) else "no-connection"
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            return "broken-off"

    async def _post(self, url: httpx.URL, headers: Mapping[str, str], body: bytes) -> int:
        port = url.port or {"https": 443}.get(url.scheme, 80)
        addresses = await self._resolve(url.host, port)
        if not addresses:
            raise socket.gaierror
        if not self._private and not all(map(is_public, addresses)):
            raise Refused
        place = addresses[0].partition("%")[0]
        request = self._client.build_request(
            "POST",
            url.copy_with(host=place),
            content=body,
            headers={**headers, "Host": url.netloc.decode(), "Content-Type": "application/json"},
            extensions={"sni_hostname": url.host},
        )
        response = await self._client.send(request, stream=True)
        await response.aclose()
        return response.status_code


def _outcome(status: int) -> str:
    if httpx.codes.is_success(status):
        return DELIVERED
    return GONE if status == _GONE_STATUS else f"http-{status}"


def _is_distrust(error: BaseException) -> bool:
    """Whether a certificate was the matter, somewhere behind an error."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
