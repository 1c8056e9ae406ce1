"""May we call this address? Only one that is on the public internet: never something inside."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

# They lead to IPv4 addresses inside them, which nobody has looked at.
_CARRIERS: Final = (
    ip_network("64:ff9b::/96"),
    ip_network("64:ff9b:1::/48"),
    ip_network("2002::/16"),
)


def is_public(address: str) -> bool:
    """Say whether it is a global unicast address; what is no address is not.

    Private, loopback, link-local (cloud metadata), multicast and reserved ones are not, nor are
    such ones in the clothes of IPv6.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if any(found in carrier for carrier in _CARRIERS):
            return False
        found = found.ipv4_mapped or found
    return _global(found)


def _global(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not (address.is_multicast or address.is_reserved)
