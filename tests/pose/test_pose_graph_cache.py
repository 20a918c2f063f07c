"""Optimised graphs are kept, checked, made again, and never stand in the way."""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import pytest

from edge.pose.runtime import graph_cache
from edge.pose.runtime.graph_cache import GraphCache, altered_graphs

GRAPH = b"an optimised graph"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "pose.onnx"
    path.write_bytes(b"a model")
    return path


def cache(folder: Path, device: str = "runtime 1 on this processor") -> GraphCache:
    return GraphCache(folder / "optimised", device)


def write(path: Path | None) -> str:
    """Open a model as a runtime does that writes its graph."""
    if path is None:
        return "opened"
    path.write_bytes(GRAPH)
    return "opened and kept"


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "optimised").glob("*"))


def test_a_graph_is_found_again_after_it_was_kept(tmp_path: Path, model: Path) -> None:
    kept = cache(tmp_path)
    assert kept.find(model) is None
    assert kept.fill(model, write) == "opened and kept"
    found = cache(tmp_path).find(model)
    assert found is not None
    assert found.read_bytes() == GRAPH
    assert found.name.startswith("pose-")
    assert len(found.stem.rpartition("-")[2]) == 64


def test_another_runtime_or_processor_has_its_own(tmp_path: Path, model: Path) -> None:
    cache(tmp_path).fill(model, write)
    other = cache(tmp_path, "runtime 2 on this processor")
    assert other.find(model) is None
    other.fill(model, write)
    # What was there before serves nobody any more.
    assert len(files(tmp_path)) == 1
    assert cache(tmp_path).find(model) is None


def test_another_model_of_the_same_name_has_its_own(tmp_path: Path, model: Path) -> None:
    cache(tmp_path).fill(model, write)
    model.write_bytes(b"a newer model")
    assert cache(tmp_path).find(model) is None


def test_a_model_that_was_checked_is_not_read_again(tmp_path: Path) -> None:
    absent = tmp_path / "pose.onnx"
    first = GraphCache(tmp_path / "optimised", "device", {"pose.onnx": "11"})
    first.fill(absent, write)
    assert first.find(absent) is not None
    assert GraphCache(tmp_path / "optimised", "device", {"pose.onnx": "22"}).find(absent) is None


@pytest.mark.parametrize("damage", [b"", GRAPH[:-1], GRAPH + b"!", b"x" * len(GRAPH)])
def test_a_damaged_graph_is_removed_and_made_again(
    tmp_path: Path, model: Path, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    kept = cache(tmp_path)
    kept.fill(model, write)
    (name,) = files(tmp_path)
    (tmp_path / "optimised" / name).write_bytes(damage)
    assert kept.find(model) is None
    assert files(tmp_path) == []
    assert "will be rebuilt: it is damaged or altered" in caplog.text
    kept.fill(model, write)
    assert files(tmp_path) == [name]


def test_a_folder_that_cannot_be_made_costs_a_line_in_the_log(
    tmp_path: Path, model: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    (tmp_path / "optimised").write_text("a file is in the way")
    assert cache(tmp_path).find(model) is None
    assert cache(tmp_path).fill(model, write) == "opened"
    assert "cannot store optimised networks in" in caplog.text


def test_a_full_disk_does_too(
    tmp_path: Path, model: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    def full(path: Path | None) -> str:
        if path is not None:
            path.write_bytes(GRAPH[:3])
            raise RuntimeError("No space left on device")
        return "opened"

    assert cache(tmp_path).fill(model, full) == "opened"
    assert "No space left on device" in caplog.text
    assert files(tmp_path) == []


def test_a_runtime_that_writes_nothing_leaves_nothing(tmp_path: Path, model: Path) -> None:
    assert cache(tmp_path).fill(model, lambda _path: "opened") == "opened"
    assert cache(tmp_path).find(model) is None


def test_a_model_that_cannot_be_opened_says_so_itself(
    tmp_path: Path, model: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    def bad(_path: Path | None) -> str:
        raise ValueError("no model")

    with pytest.raises(ValueError, match="no model"):
        cache(tmp_path).fill(model, bad)
    assert files(tmp_path) == []
    assert caplog.text == ""


def test_what_turned_out_useless_is_discarded(tmp_path: Path, model: Path) -> None:
    kept = cache(tmp_path)
    kept.fill(model, write)
    found = kept.find(model)
    assert found is not None
    kept.discard(found, "the runtime refuses it")
    assert kept.find(model) is None
    kept.discard(found, "twice does no harm")


def named_by_crc(path: Path) -> Path:
    """Rename a file as an earlier version did, by a checksum that anybody can bring about."""
    prefix = path.stem.rpartition("-")[0]
    return path.rename(path.with_name(f"{prefix}-{crc32(path.read_bytes()):08x}.onnx"))


def with_the_same_crc(content: bytes) -> bytes:
    """Return other content of the same length and CRC-32."""
    altered = bytearray(content)
    # The generator polynomial itself leaves no remainder.
    for bit in (0, 6, 9, 10, 16, 20, 21, 22, 24, 25, 27, 28, 30, 31, 32):
        altered[bit // 8] ^= 1 << bit % 8
    assert crc32(altered) == crc32(content)
    return bytes(altered)


def alter(path: Path) -> None:
    path.write_bytes(with_the_same_crc(path.read_bytes()))


def alter_and_name_by_crc(path: Path) -> None:
    alter(path)
    named_by_crc(path)


def put_in_that_of_another_model(path: Path) -> None:
    path.write_bytes(b"a graph of another model")


def name_as_that_of_another_model(path: Path) -> None:
    seal = path.stem.rpartition("-")[2]
    path.rename(path.with_name(f"pose-{'0' * 16}-{seal}.onnx"))


@pytest.mark.parametrize(
    "attack",
    [alter, alter_and_name_by_crc, put_in_that_of_another_model, name_as_that_of_another_model],
    ids=lambda attack: attack.__name__,
)
def test_an_altered_graph_is_never_run(
    tmp_path: Path, model: Path, attack: Callable[[Path], None]
) -> None:
    kept = cache(tmp_path)
    kept.fill(model, write)
    found = kept.find(model)
    assert found is not None
    attack(found)
    assert kept.find(model) is None


@pytest.mark.parametrize("mode", [0o664, 0o646])
def test_a_graph_that_others_may_write_is_never_run(tmp_path: Path, model: Path, mode: int) -> None:
    kept = cache(tmp_path)
    kept.fill(model, write)
    (name,) = files(tmp_path)
    (tmp_path / "optimised" / name).chmod(mode)
    assert kept.find(model) is None


def test_nor_is_one_that_somebody_else_wrote(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = cache(tmp_path)
    kept.fill(model, write)
    owner = (tmp_path / "optimised" / files(tmp_path)[0]).stat().st_uid
    # Root's files are anybody's; another user's are not.
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    assert (kept.find(model) is None) == (owner != 0)
    monkeypatch.setattr(graph_cache, "_ROOT", -1)
    assert kept.find(model) is None
    assert kept.find(model) is None


def test_verifying_finds_and_removes_altered_graphs(tmp_path: Path, model: Path) -> None:
    kept, folder = cache(tmp_path), tmp_path / "optimised"
    kept.fill(model, write)
    assert altered_graphs(folder, model) == []
    found = kept.find(model)
    assert found is not None
    alter(found)
    assert altered_graphs(folder, model) == [found]
    kept.fill(model, write)
    assert found.exists()
    # One of a former version is of no use, and no sign of an attack.
    old = named_by_crc(found)
    assert altered_graphs(folder, model) == []
    assert not old.exists()
