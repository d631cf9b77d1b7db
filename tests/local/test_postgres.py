"""The embedded PostgreSQL copes with what happens to a data directory, and never deletes one."""

import os
import signal
import subprocess
from pathlib import Path
from urllib.parse import unquote

import psycopg
import pytest

from config.local import CannotStart, binaries, cluster, identities, postgres, sockets
from config.local.processes import Supervisor
from tests.local.starts import Launch, is_alive, supervised, wait_for

pytestmark = pytest.mark.slow

SERVERS = binaries.postgres_servers()


def query(url: str, statement: str) -> object:
    host = unquote(url.removeprefix("postgres://bureau@/").rpartition("/")[0])
    with psycopg.connect(host=host, user="bureau", dbname="bureau", autocommit=True) as connection:
        cursor = connection.execute(statement)  # type: ignore[call-overload]
        return cursor.fetchone()[0] if cursor.description else None


def is_ready(data: Path) -> bool:
    pid_file = data / "postgres/postmaster.pid"
    return pid_file.exists() and "ready" in pid_file.read_text()


def started(supervisor: Supervisor, data: Path) -> str:
    return postgres.start(supervisor, data, durable=False)[0]


@pytest.mark.parametrize(
    "server", SERVERS, ids=lambda server: f"{server.version}-{'wheel' if server.wheel else 'system'}"
)
def test_it_listens_on_a_private_socket_only(data: Path, server: binaries.Program) -> None:
    with supervised(data) as supervisor:
        url, major = postgres.start(supervisor, data, durable=False, servers=[server])
        assert major == server.major
        assert query(url, "SHOW listen_addresses") == ""
        assert query(url, "SHOW server_encoding") == "UTF8"
        assert query(url, "SELECT datcollate FROM pg_database WHERE datname = 'bureau'") == "C.UTF-8"
        socket = sockets.directory(data) / "postgres" / ".s.PGSQL.5432"
        assert socket.stat().st_mode & 0o077 == 0


def test_a_killed_launcher_takes_the_server_along_and_the_data_is_there_again(data: Path, launch: Launch) -> None:
    first = launch("postgres")
    url = first.stdout.readline().strip()
    server = int((data / "postgres/postmaster.pid").read_text().split()[0])
    query(url, "CREATE TABLE kept (word text)")
    query(url, "INSERT INTO kept VALUES ('still here')")
    first.kill()
    first.wait()
    with supervised(data) as supervisor:
        assert query(started(supervisor, data), "SELECT word FROM kept") == "still here"
    wait_for(lambda: not is_alive(server))


def test_a_server_that_outlived_its_launcher_is_ended_first(data: Path) -> None:
    with supervised(data) as supervisor:
        started(supervisor, data)
    server = SERVERS[0]
    prefix = identities.for_postgres().prefix
    socket = sockets.directory(data) / "postgres"
    left = subprocess.Popen(
        [*prefix, server.path, "-D", data / "postgres", "-c", "listen_addresses=", "-k", socket],
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: is_ready(data))
    with supervised(data) as supervisor:
        assert query(started(supervisor, data), "SELECT 1") == 1
    assert left.wait() == 0


def test_a_start_killed_while_making_the_cluster_is_made_whole_by_the_next(data: Path, launch: Launch) -> None:
    first = launch("postgres")
    wait_for(lambda: list(data.glob(f"postgres{cluster.HALF_MADE}*/global")))
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert not (data / "postgres").exists()
    with supervised(data) as supervisor:
        assert query(started(supervisor, data), "SELECT 1") == 1
    assert not list(data.glob(f"postgres{cluster.HALF_MADE}*"))


def test_a_pid_file_with_the_number_of_another_process_does_not_hinder(data: Path) -> None:
    with supervised(data) as supervisor:
        started(supervisor, data)
    (data / "postgres/postmaster.pid").write_text(f"{os.getppid()}\n{data / 'postgres'}\n")
    with supervised(data) as supervisor:
        assert query(started(supervisor, data), "SELECT 1") == 1


def test_a_directory_that_is_no_cluster_is_named_and_left_alone(data: Path) -> None:
    with supervised(data) as supervisor:
        (data / "postgres").mkdir()
        (data / "postgres/letters.txt").write_text("dear diary")
        with pytest.raises(CannotStart, match=r"not a complete PostgreSQL data directory.*DATA="):
            started(supervisor, data)
    assert (data / "postgres/letters.txt").read_text() == "dear diary"


def test_a_cluster_of_another_version_names_both_versions(data: Path) -> None:
    (data / "postgres/global").mkdir(parents=True)
    (data / "postgres/global/pg_control").touch()
    (data / "postgres/PG_VERSION").write_text("9.6\n")
    with pytest.raises(CannotStart, match=rf"made by PostgreSQL 9, and this machine has PostgreSQL {SERVERS[0].major}"):
        cluster.choose_program(data / "postgres", SERVERS)


def test_the_program_of_the_clusters_own_version_is_preferred(data: Path) -> None:
    (data / "postgres/global").mkdir(parents=True)
    (data / "postgres/global/pg_control").touch()
    (data / "postgres/PG_VERSION").write_text(f"{SERVERS[-1].major}\n")
    assert cluster.choose_program(data / "postgres", SERVERS).major == SERVERS[-1].major


def test_without_any_postgresql_the_sentence_names_the_way_out(data: Path) -> None:
    with pytest.raises(CannotStart, match="DATABASE_URL"):
        cluster.choose_program(data / "postgres", [])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_without_unshare_and_without_another_user_gets_one_sentence(data: Path) -> None:
    with pytest.raises(CannotStart, match=r"refuses to run as root.*unshare.*DATABASE_URL"):
        identities.for_postgres(path=str(data), users=())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_root_without_unshare_runs_it_as_an_unprivileged_user(data: Path) -> None:
    identity = identities.for_postgres(path=str(data), users=["nobody"])
    with supervised(data) as supervisor:
        url, _ = postgres.start(supervisor, data, durable=False, identity=identity)
        assert query(url, "SELECT 1") == 1
        cluster_directory = query(url, "SHOW data_directory")
    assert Path(str(cluster_directory)).stat().st_uid == identity.uid
