"""The embedded broker answers on its socket, and nowhere else."""

from pathlib import Path

import pytest

from config.local import CannotStart, broker
from tests.local.starts import supervised


def test_it_answers_on_a_private_socket_without_a_port(data: Path) -> None:
    with supervised(data) as supervisor:
        url, _ = broker.start(supervisor, data)
        path = Path(url.removeprefix("unix://"))
        assert broker.answers(path)
        assert path.stat().st_mode & 0o077 == 0
        assert broker.ask(path, b"CONFIG GET port").split(b"\r\n")[-2] == b"0"
    assert not broker.answers(path)


def test_what_waits_in_a_queue_is_there_after_the_next_start(data: Path) -> None:
    for _ in range(2):
        with supervised(data) as supervisor:
            path = Path(broker.start(supervisor, data)[0].removeprefix("unix://"))
            length = broker.ask(path, b"RPUSH celery task")
    assert length == b":2\r\n"


def test_without_any_broker_the_sentence_names_the_way_out(data: Path) -> None:
    with supervised(data) as supervisor, pytest.raises(CannotStart, match="REDIS_URL"):
        broker.start(supervisor, data, programs=[])
