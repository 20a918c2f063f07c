"""What is written is written whole, or it is an error."""

from io import FileIO
from pathlib import Path

import pytest

from edge.record.durable import sync_names, write_whole


class Slow(FileIO):
    """Takes a few bytes at a time, and after some calls none."""

    def __init__(self, path: Path, calls: int = 1000) -> None:
        super().__init__(path, "xb")
        self._calls = calls

    def write(self, data: object, /) -> int:
        self._calls -= 1
        return super().write(bytes(data)[:3]) if self._calls >= 0 else 0  # type: ignore[call-overload]


@pytest.mark.parametrize("size", [0, 1, 3, 100])
def test_all_of_it_arrives_in_its_order(tmp_path: Path, size: int) -> None:
    data = bytes(range(size))
    with Slow(tmp_path / "a") as file:
        write_whole(file, data)
    assert (tmp_path / "a").read_bytes() == data


def test_a_file_that_takes_nothing_more_is_an_error(tmp_path: Path) -> None:
    with Slow(tmp_path / "a", calls=2) as file, pytest.raises(OSError, match="Input/output"):
        write_whole(file, bytes(100))
    assert (tmp_path / "a").stat().st_size == 6


def test_a_folder_that_is_not_there_cannot_be_synced(tmp_path: Path) -> None:
    sync_names(tmp_path)
    with pytest.raises(FileNotFoundError):
        sync_names(tmp_path / "gone")
