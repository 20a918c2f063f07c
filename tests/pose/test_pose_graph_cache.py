"""Optimised graphs are kept, checked, made again, and never stand in the way."""

import logging
from pathlib import Path
from zlib import crc32

import pytest

from edge.pose.runtime.graph_cache import GraphCache

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
    assert found.name.endswith(f"-{crc32(GRAPH):08x}.onnx")


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
    assert "is damaged and will be rebuilt" in caplog.text
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
