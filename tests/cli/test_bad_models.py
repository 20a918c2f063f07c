"""Models that are missing or damaged: one sentence that names the command which gets them."""

from pathlib import Path

import pytest
from analysing import analyze
from command import sentence


@pytest.fixture
def models(tmp_path: Path, models_dir: Path) -> Path:
    """Return a folder of models of which one may be spoilt."""
    folder = tmp_path / "models"
    folder.mkdir()
    for name in ("pose_detection.onnx", "pose_landmark_full.onnx"):
        (folder / name).symlink_to(models_dir / name)
    return folder


def own(models: Path, name: str) -> Path:
    """Replace a link by a copy that may be changed."""
    path = models / name
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data)
    return path


def test_a_missing_model_names_the_command_that_gets_it(tmp_path: Path, short_run: Path) -> None:
    result = analyze(short_run, out=tmp_path / "out", TOELINE_MODELS=tmp_path / "none")
    assert result.returncode == 1
    assert sentence(result).endswith("is missing: `toeline models pull` gets it")
    assert not (tmp_path / "out").exists()


def test_a_model_that_was_not_pulled_is_named(
    tmp_path: Path, models: Path, short_run: Path
) -> None:
    result = analyze(
        short_run, out=tmp_path / "out", options=("--model", "heavy"), TOELINE_MODELS=models
    )
    assert result.returncode == 1
    assert sentence(result).endswith("is missing: `toeline models pull --model heavy` gets it")


@pytest.mark.parametrize("name", ["pose_detection.onnx", "pose_landmark_full.onnx"])
def test_one_changed_byte_of_a_model_is_noticed(
    tmp_path: Path, models: Path, short_run: Path, name: str
) -> None:
    path = own(models, name)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    result = analyze(short_run, out=tmp_path / "out", TOELINE_MODELS=models)
    assert result.returncode == 1
    assert str(path) in sentence(result)
    assert sentence(result).endswith("`toeline models pull` replaces it")


def test_a_truncated_model_is_noticed(tmp_path: Path, models: Path, short_run: Path) -> None:
    path = own(models, "pose_landmark_full.onnx")
    path.write_bytes(path.read_bytes()[:100_000])
    result = analyze(short_run, out=tmp_path / "out", TOELINE_MODELS=models)
    assert result.returncode == 1
    assert f"the model {path} has 100000 bytes" in sentence(result)
    assert sentence(result).endswith("`toeline models pull` replaces it")
