"""May an agency have this address called?"""

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from services.runtime.addresses import is_public

MAX_URL: Final = 1_000


def url_fault(url: str, *, private: bool) -> str | None:
    """Say by a code why this is no address to call, None where it may be one.

    Whether its name leads somewhere that we call is looked at with every call.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "not-a-url"
    if not (url.isascii() and url.isprintable()) or " " in url or not host or port == 0:
        return "not-a-url"
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        return "not-https"
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "not-plain"
    return None if private or not _is_address(host) or is_public(host) else "not-public"


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return host.rpartition(".")[2].isdigit() or host == "localhost"
    return True
