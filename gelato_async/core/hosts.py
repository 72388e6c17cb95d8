"""What can be told of a host from its name alone."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether a host is this very machine: nothing sent to it crosses a network."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
