"""A port that cannot be had is named before anything starts."""

import socket
from pathlib import Path

import pytest

from config.local import CannotStart, doors, options
from config.local.options import Options


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"Port {port} for the console is taken.*PORT="):
            doors.check_ports(Options(Path("/nowhere"), "127.0.0.1", port, reset=False))


def test_the_public_doors_port_is_looked_at_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"Port {port} for the public door.*is taken"):
            doors.check_ports(Options(Path("/nowhere"), "127.0.0.1", port - 1, reset=False))


def test_an_address_of_another_machine_is_named() -> None:
    with pytest.raises(CannotStart, match=r"HOST=192\.0\.2\.1"):
        doors.check_ports(Options(Path("/nowhere"), "192.0.2.1", 8000, reset=False))


@pytest.mark.parametrize("port", ["0", "65535", "-1", "80a", "٨٠٠٠", "99999999999"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(CannotStart, match=r"is not a port"):
        options.read("run", {"PORT": port})


def test_the_addresses_follow_the_port_and_the_host() -> None:
    chosen = options.read("run", {"PORT": "8100", "HOST": "::"})
    assert (chosen.console_url, chosen.public_url) == ("http://[::1]:8100", "http://[::1]:8101")
