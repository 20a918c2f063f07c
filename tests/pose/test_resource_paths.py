from pathlib import Path

import pytest

from edge.settings import paths


def test_the_manifest_is_found() -> None:
    assert paths.bundled("models/manifest.toml").is_file()


def test_an_installed_copy_goes_before_what_lies_beside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "edge"
    beside, inside = tmp_path / "models", package / "bundled" / "models"
    for folder in (beside, inside):
        folder.mkdir(parents=True)
        (folder / "manifest.toml").touch()
    monkeypatch.setattr(paths, "PACKAGE", package)
    assert paths.bundled("models/manifest.toml") == inside / "manifest.toml"


def test_what_is_not_bundled_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"no/such\.file is missing from the installation"):
        paths.bundled("no/such.file")


@pytest.mark.parametrize(
    ("environment", "models", "data"),
    [
        ({}, "/home/r/.cache/toeline/models", "/home/r/.local/share/toeline"),
        (
            {"XDG_CACHE_HOME": "/c", "XDG_DATA_HOME": "/d"},
            "/c/toeline/models",
            "/d/toeline",
        ),
        (
            {"XDG_CACHE_HOME": "relative", "XDG_DATA_HOME": ""},
            "/home/r/.cache/toeline/models",
            "/home/r/.local/share/toeline",
        ),
        (
            {"TOELINE_MODELS": "/m", "TOELINE_DATA": "~/runs", "XDG_CACHE_HOME": "/c"},
            "/m",
            "/home/r/runs",
        ),
    ],
)
def test_folders_follow_the_environment(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], models: str, data: str
) -> None:
    for key in ("TOELINE_MODELS", "TOELINE_DATA", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(key, raising=False)
    monkeypatch.setenv("HOME", "/home/r")
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    assert paths.models_dir() == Path(models)
    assert paths.data_dir() == Path(data)


def test_the_demo_clip_lies_in_the_capture_room() -> None:
    assert paths.demo_clip().parts[-3:] == ("edge", "capture", "demo.mp4")
