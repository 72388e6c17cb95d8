"""Two network namespaces with a path between them that can be cut and restored.

A process that `command_in_a_namespace` started has a namespace of its own. `Network` gives it the
address NEAR, and moves the other end of the path, FAR, into the namespace of a server's process.
The path is a bridge: while it is down, packets vanish silently, as they do behind a router; a link
that goes down at the sender itself would be noticed by its kernel.

Both addresses are of the loopback range, so that a client takes a base_url of plain HTTP. They are
not on `lo`: it stays down, and nothing else has them.
"""

import os
import subprocess
import time
from pathlib import Path

NEAR, FAR = "127.0.0.1", "127.0.0.2"
# the least retransmission timer: with a delayed acknowledgement, that of a round trip of 175 ms
LONG_PATH = "350ms"
_HARDWARE = {"near": "02:00:00:00:00:01", "far": "02:00:00:00:00:02"}
_UNSENT_STATES = {"04", "05", "09", "0B"}  # of /proc/net/tcp: a socket that is closed, but not done
_PROBE = "ip link add probe-near type veth peer name probe-far && ip link add probe type bridge"


def command_in_a_namespace(*command: str) -> list[str]:
    """The command line that runs a command in a new network namespace."""
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", *as_root, "--net", *command]


def refusal() -> str | None:
    """Why this system permits no network namespaces, or None where it does."""
    try:
        tried = subprocess.run(
            command_in_a_namespace("sh", "-c", _PROBE),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except OSError as error:
        return str(error)
    return None if tried.returncode == 0 else (tried.stderr.strip() or "unshare failed")


def ip(*words: str) -> None:
    """Run iproute2 in this process's namespace."""
    ran = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if ran.returncode:
        raise OSError(f"ip {' '.join(words)}: {ran.stderr.strip()}")


def take_address(device: str, address: str, peer: str, other: str) -> None:
    """Give this namespace its end of the path."""
    # addresses of the loopback range on another device, which is what this switch permits
    Path("/proc/sys/net/ipv4/conf/all/route_localnet").write_text("1")
    ip("link", "set", device, "address", _HARDWARE[device], "up")
    ip("address", "add", f"{address}/30", "dev", device)
    # a neighbour that stays known: the next router answers whatever is behind it
    ip("neighbour", "add", peer, "lladdr", _HARDWARE[other], "dev", device, "nud", "permanent")


class Network:
    """The path from this namespace to the one of the process `server_pid`."""

    def __init__(self, server_pid: int, *, retransmit_after: str | None = None) -> None:
        ip("link", "add", "path", "type", "bridge")
        for end in ("near", "far"):
            ip("link", "add", end, "type", "veth", "peer", "name", f"{end}-port")
            ip("link", "set", f"{end}-port", "master", "path", "up")
        ip("link", "set", "far", "netns", str(server_pid))
        take_address("near", NEAR, FAR, "far")
        if retransmit_after is not None:
            route = ["127.0.0.0/30", "dev", "near", "src", NEAR, "rto_min", retransmit_after]
            ip("route", "replace", *route)
        self.restore()

    def cut(self) -> None:
        """Let every packet vanish."""
        ip("link", "set", "path", "down")

    def restore(self) -> None:
        """Carry packets again."""
        ip("link", "set", "path", "up")


def bytes_in_closed_sockets() -> int:
    """How many bytes this namespace's kernel still means to deliver for sockets that are closed."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    sockets = [line.split() for line in lines]
    return sum(int(s[4].partition(":")[0], 16) for s in sockets if s[3] in _UNSENT_STATES)


def wait_until_all_is_delivered(seconds: float) -> bool:
    """Wait until the kernel holds nothing more for closed sockets; False where it still does."""
    end = time.monotonic() + seconds
    while bytes_in_closed_sockets():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


if __name__ == "__main__":
    REASON = refusal()
    runs = "runs" if REASON is None else f"is skipped: {REASON}"
    print(f"The test that cuts the network between two namespaces {runs}")
