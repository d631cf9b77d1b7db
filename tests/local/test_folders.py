"""A data directory belongs to one Bureau at a time, and only what Bureau made is ever removed."""

import os
from pathlib import Path

import pytest

from config.local import CannotStart, folders, options, sockets
from tests.local.starts import Launch


def test_a_second_start_on_the_same_directory_is_refused(data: Path, launch: Launch) -> None:
    first = launch("child")
    first.stdout.readline()
    with (
        pytest.raises(CannotStart, match=rf"Another Bureau \(process {first.pid}\) already runs.*DATA="),
        folders.claim(data),
    ):
        pass


def test_a_directory_with_other_files_is_refused_and_left_alone(data: Path) -> None:
    (data / "thesis.txt").write_text("final")
    with pytest.raises(CannotStart, match="files that Bureau did not make"), folders.claim(data):
        pass
    assert [path.name for path in data.iterdir()] == ["thesis.txt"]


def test_a_file_in_place_of_the_directory_is_named(data: Path) -> None:
    (data / "file").touch()
    with pytest.raises(CannotStart, match=r"cannot be used.*DATA="), folders.claim(data / "file"):
        pass


def test_emptying_keeps_the_claim_and_follows_no_link(data: Path) -> None:
    outside, inside = data / "outside", data / "inside"
    outside.mkdir()
    (outside / "kept").touch()
    with folders.claim(inside):
        (inside / "logs").mkdir()
        (inside / "link").symlink_to(outside)
        folders.empty(inside)
        assert sorted(path.name for path in inside.iterdir()) == sorted([folders.LOCK, folders.MARKER])
    assert (outside / "kept").exists()


def test_the_secret_key_stays_the_same_and_private(data: Path) -> None:
    key = folders.secret_key(data)
    assert len(key) >= 50
    assert folders.secret_key(data) == key
    assert (data / "secret-key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["x" * 90, "with space", "comma,"])
def test_sockets_of_a_long_or_odd_path_get_a_private_directory_elsewhere(data: Path, name: str) -> None:
    (data / name).mkdir()
    directory = sockets.directory(data / name)
    assert data not in directory.parents
    assert directory.stat().st_mode & 0o077 == 0
    assert len(os.fsencode(directory / "postgres/.s.PGSQL.5432")) < 100
    assert directory == sockets.directory(data / name)
    sockets.forget(data / name)
    assert not directory.exists()


def test_a_reset_is_for_the_demo_only() -> None:
    assert options.read("demo", {"RESET": "1"}).reset
    assert not options.read("demo", {"RESET": "0"}).reset
    with pytest.raises(CannotStart, match="RESET=1"):
        options.read("run", {"RESET": "1"})
