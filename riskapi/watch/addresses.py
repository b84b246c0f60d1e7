"""Which network addresses messages may go to. Enters: an IP address. Leaves: the reason why not, or None.

Only public unicast addresses may be called. An IPv6 address that carries an IPv4 one (mapped, 6to4, NAT64) is judged by what it
carries. Registries behind the lists: IANA special-purpose addresses for IPv4 (RFC 6890 and its successors) and for IPv6.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

Address = IPv4Address | IPv6Address

#: Addresses that are refused whatever an operator allows: nothing that takes messages can be there.
_NEVER: Final = (
    (IPv4Network("0.0.0.0/8"), "this network"),
    (IPv4Network("169.254.0.0/16"), "link-local, where clouds keep their metadata"),
    (IPv4Network("192.0.0.0/24"), "reserved for protocols"),
    (IPv4Network("192.88.99.0/24"), "reserved for relays"),
    (IPv4Network("224.0.0.0/4"), "multicast"),
    (IPv4Network("240.0.0.0/4"), "reserved"),
    (IPv4Network("100.100.100.200/32"), "metadata of a cloud"),
    (IPv4Network("168.63.129.16/32"), "the host of a cloud"),
    (IPv6Network("::/128"), "unspecified"),
    (IPv6Network("3fff::/20"), "reserved for documentation"),
    (IPv6Network("fe80::/10"), "link-local"),
    (IPv6Network("ff00::/8"), "multicast"),
    (IPv6Network("fd00:ec2::/32"), "metadata of a cloud"),
    (IPv6Network("fd20:ce::/32"), "metadata of a cloud"),
)
#: Addresses of the own network: an operator may allow a host that lies there.
_INTERNAL: Final = (
    (IPv4Network("10.0.0.0/8"), "private"),
    (IPv4Network("100.64.0.0/10"), "shared by a carrier"),
    (IPv4Network("127.0.0.0/8"), "loopback"),
    (IPv4Network("172.16.0.0/12"), "private"),
    (IPv4Network("192.168.0.0/16"), "private"),
    (IPv6Network("::1/128"), "loopback"),
    (IPv6Network("fc00::/7"), "private"),
)
_MAPPED: Final = IPv6Network("::ffff:0:0/96")
_SIX_TO_FOUR: Final = IPv6Network("2002::/16")
_NAT64: Final = IPv6Network("64:ff9b::/96")
_PUBLIC_V6: Final = IPv6Network("2000::/3")


def parse(text: str) -> Address | None:
    """The address that a text is in its usual form; None for names and for odd forms."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def carried(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one that stands for it; else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    number = int(address)
    if address in _MAPPED or address in _NAT64:
        return IPv4Address(number & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return IPv4Address((number >> 80) & 0xFFFFFFFF)
    return address


def refusal(address: Address, *, allows_internal: bool = False) -> str | None:
    """Why nothing may be sent there; None where it may. `allows_internal` is for hosts that an operator has named."""
    inner = carried(address)
    for network, reason in _NEVER:
        if inner in network:
            return reason
    for network, reason in _INTERNAL:
        if inner in network:
            return None if allows_internal else reason
    if isinstance(inner, IPv6Address) and inner not in _PUBLIC_V6:
        return "not a public address"
    # What is left over in the registries: documentation, benchmarks, Teredo and whatever the future reserves.
    return None if inner.is_global and not inner.is_multicast else "not a public address"


def is_loopback(address: Address) -> bool:
    """Whether it is the machine itself."""
    return carried(address).is_loopback
