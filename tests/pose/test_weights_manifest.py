import re
from hashlib import sha256
from pathlib import Path

import pytest
from skeletons import BLAZEPOSE33

from edge.messages.errors import WeightsError
from edge.pose.store.conversion.convert import DETECTOR_OUTPUTS, LANDMARK_OUTPUTS
from edge.pose.store.manifest import read_manifest
from edge.settings import paths

BUNDLED = paths.bundled("models/manifest.toml")


def altered(folder: Path, old: str, new: str) -> Path:
    """Write a copy of the bundled manifest with one thing changed in all places."""
    text = BUNDLED.read_text(encoding="utf-8")
    assert old in text
    path = folder / "manifest.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_keypoints_are_those_of_the_skeleton() -> None:
    assert read_manifest(BUNDLED).keypoints == BLAZEPOSE33.points


def test_models_have_the_outputs_that_the_converter_writes() -> None:
    for name, model in read_manifest(BUNDLED).models.items():
        landmarks = LANDMARK_OUTPUTS | {"legs": "legs"}
        expected = DETECTOR_OUTPUTS if name == "detector" else landmarks
        assert {output.tensor: output.name for output in model.outputs} == expected


def test_leg_readers_are_those_of_the_manifest() -> None:
    models = read_manifest(BUNDLED).models
    assert {name for name, model in models.items() if model.reader} == {"lite", "full", "heavy"}
    for model in models.values():
        if model.reader:
            content = (BUNDLED.parent / model.reader).read_bytes()
            assert sha256(content).hexdigest() == model.reader_sha256


def test_every_checksum_is_a_sha256() -> None:
    manifest = read_manifest(BUNDLED)
    checksums = [package.archive_sha256 for package in manifest.packages.values()]
    for model in manifest.models.values():
        checksums += [model.onnx_sha256, *(source.sha256 for source in model.sources)]
    assert all(re.fullmatch(r"[0-9a-f]{64}", checksum) for checksum in checksums)


def test_detector_files_of_both_packages_differ_but_give_one_onnx_file() -> None:
    detector = read_manifest(BUNDLED).models["detector"]
    assert len({source.sha256 for source in detector.sources}) == 2


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("schema = 1", "schema = 2", "schema is 2, expected 1"),
        ("schema = 1", "schema = true", "schema is True (bool), expected int"),
        ("onnx_nodes = 302", "onnx_nodes = 304\ncolour = 3", "models: full: unknown key colour"),
        ("onnx_nodes = 302\n", "", "models: full: missing key onnx_nodes"),
        ("onnx_nodes = 302", 'onnx_nodes = "181"', "onnx_nodes is '181' (str), expected int"),
        ("shape = [1, 64, 64, 39]", "shape = [1, 6.5]", "shape[1] is 6.5 (float), expected int"),
        ('package = "wheel"', 'package = "wheal"', "names the package 'wheal', expected one of"),
        ("schema = 1", "schema = ", "cannot read"),
    ],
)
def test_mistakes_are_named_with_their_place(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    with pytest.raises(WeightsError, match=re.escape(sentence)):
        read_manifest(altered(tmp_path, old, new))


def test_an_absent_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"cannot read .*nowhere.toml"):
        read_manifest(tmp_path / "nowhere.toml")
