"""Beside the demo's doors stands a stand-in for Stripe, unless the person brought a Stripe of their own."""

import socket
from pathlib import Path

import pytest

from config.local import CannotStart, doors, environment, standin
from config.local.options import Options


def free(port: int) -> Options:
    return Options(Path("/nowhere"), "127.0.0.1", port, reset=False)


def test_it_takes_the_first_free_port_after_the_doors() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        found = standin.beside(free(port - 2), {})
    assert found
    assert port < found.port < port + 100
    assert found.url == f"http://127.0.0.1:{found.port}"


def test_where_no_port_is_left_the_sentence_names_the_way_out() -> None:
    with pytest.raises(CannotStart, match="PORT="):
        doors.next_free_port(free(65534))


def test_its_keys_are_new_at_each_start_and_not_among_its_arguments() -> None:
    first, second = (standin.StandIn(8002, "http://127.0.0.1:8002") for _ in range(2))
    assert first.variables.keys() == set(environment.PAYMENTS)
    assert {first.key, first.secret}.isdisjoint({second.key, second.secret})
    command = standin.command(first, free(8000), first.variables | {"PUBLIC_URL": "http://127.0.0.1:8001"})
    assert "--webhook=http://127.0.0.1:8001/webhooks/stripe/" in command.arguments
    assert not any(first.key in argument or first.secret in argument for argument in command.arguments)


@pytest.mark.parametrize("name", environment.PAYMENTS)
def test_a_stripe_of_ones_own_is_left_to_it(name: str) -> None:
    assert standin.beside(free(8000), {name: "mine"}) is None


def test_keys_in_a_settings_file_reach_neither_demo_nor_tests() -> None:
    demo = environment.for_serving(free(8000), {"SECRET_KEY": "x"}, demo=True)
    for known in (demo, environment.for_tests(Path("/nowhere"), {})):
        assert {known[name] for name in environment.PAYMENTS} == {""}
    run = environment.for_serving(free(8000), {"SECRET_KEY": "x"}, demo=False)
    assert not run.keys() & set(environment.PAYMENTS)
