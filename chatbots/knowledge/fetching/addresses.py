"""Which IP addresses are on the public web.

An explicit list: Python 3.11's `is_global` is wrong for several ranges (translated forms of inner addresses, site-local
ones, services of clouds that answer on public-looking numbers). IPv6 is the other way round: 2000::/3 is all that the
registries give out, so the rest is inner, and what is special inside it is listed.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

INNER_4 = [
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers, and some clouds' metadata
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's platform service
        "169.254.0.0/16",  # link-local: most clouds' metadata
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
]
GIVEN_OUT = IPv6Network("2000::/3")
INNER_6 = [
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address in disguise, and nobody serves there any more
        "3fff::/20",  # documentation
    )
]
MAPPED = IPv6Network("::ffff:0:0/96")
NAT64 = IPv6Network("64:ff9b::/96")  # what a network without IPv4 of its own makes of public addresses
ISATAP = {0x00005EFE, 0x02005EFE}


def inner(address: str) -> bool:
    """Whether an address is anywhere but on the public web. What is no address is inner too."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return True
    return inner_4(parsed) if isinstance(parsed, IPv4Address) else inner_6(parsed)


def inner_4(address: IPv4Address) -> bool:
    return any(address in network for network in INNER_4)


def inner_6(address: IPv6Address) -> bool:
    last = IPv4Address(int(address) & 0xFFFFFFFF)
    if address in MAPPED or address in NAT64:
        return inner_4(last)
    if address not in GIVEN_OUT or any(address in network for network in INNER_6):
        return True
    return (int(address) >> 32) & 0xFFFFFFFF in ISATAP and inner_4(last)
