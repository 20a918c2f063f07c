"""Pulling, checking and mending models, with a small manifest, no network and no real program."""

import hashlib
import io
import os
import re
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tflite_writer import TfliteWriter

from edge.messages.errors import MissingModelError, WeightsError
from edge.pose.store import model_store
from edge.pose.store.conversion.convert import convert
from edge.pose.store.manifest import InputTensor, Manifest, Model, Package, Source
from edge.pose.store.packages import Runner


def network(scale: int) -> bytes:
    """Write a tflite file with the two outputs of a detector; `scale` tells files apart."""
    writer = TfliteWriter()
    source = writer.tensor("input_1", (1, scale, scale, 1))
    for name in ("Identity", "Identity_1"):
        writer.operator("LOGISTIC", [source], writer.tensor(name, (1, scale, scale, 1)))
    return writer.finish([source], [1, 2])


TFLITE = {"detector": network(2), "lite": network(3), "full": network(4)}
ONNX = {name: convert(content).content for name, content in TFLITE.items()}
MEMBERS = {name: f"package/{name}.tflite" for name in TFLITE}


def package(manager: str) -> Package:
    return Package(
        manager=manager,
        name=f"some-{manager}-package",
        version="1.0",
        archive="any",
        archive_bytes=0,
        archive_sha256="",
        licence="Apache-2.0",
        licence_stated_in="METADATA",
    )


def model(name: str, *packages: str) -> Model:
    tflite, onnx = TFLITE[name], ONNX[name]
    return Model(
        file=f"{name}.onnx",
        licence="Apache-2.0",
        onnx_bytes=len(onnx),
        onnx_nodes=0,
        onnx_sha256=hashlib.sha256(onnx).hexdigest(),
        input=InputTensor(
            name="input", shape=(1, 2, 2, 1), layout="NHWC", colour="RGB", range=(0.0, 1.0)
        ),
        sources=tuple(
            Source(
                package=key,
                member=MEMBERS[name],
                bytes=len(tflite),
                sha256=hashlib.sha256(tflite).hexdigest(),
            )
            for key in packages
        ),
        outputs=(),
    )


MANIFEST = Manifest(
    schema=1,
    keypoints=(),
    packages={"wheel": package("pip"), "npm": package("npm")},
    models={
        "detector": model("detector", "wheel", "npm"),
        "lite": model("lite", "npm"),
        "full": model("full", "wheel", "npm"),
    },
)


def wheel(names: Sequence[str] = ("detector", "full")) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(MEMBERS[name], TFLITE[name])
    return stream.getvalue()


def npm_archive() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, member in MEMBERS.items():
            header = tarfile.TarInfo(member)
            header.size = len(TFLITE[name])
            archive.addfile(header, io.BytesIO(TFLITE[name]))
    return stream.getvalue()


class FakePrograms:
    """Stand for pip and npm: leave an archive where they run, or fail with a text on stderr."""

    def __init__(self, stderr: str = "", wheel: Callable[[], bytes] = wheel) -> None:
        self.commands: list[list[str]] = []
        self._stderr = stderr
        self._wheel = wheel

    def __call__(self, command: Sequence[str], folder: Path) -> "subprocess.CompletedProcess[str]":
        self.commands.append(list(command))
        if self._stderr:
            return subprocess.CompletedProcess(command, 1, stdout="", stderr=self._stderr)
        if command[0] == sys.executable:
            (folder / "some.whl").write_bytes(self._wheel())
        else:
            (folder / "some.tgz").write_bytes(npm_archive())
        return subprocess.CompletedProcess(command, 0, stdout="", stderr="")


def refused(_command: Sequence[str], _folder: Path) -> "subprocess.CompletedProcess[str]":
    raise AssertionError("nothing should have been started")


@pytest.fixture
def no_npm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))


@pytest.fixture
def with_npm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text("")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(npm.parent))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "models"


def pull(
    folder: Path, *names: str, source: Path | None = None, run: Runner = refused
) -> list[Path]:
    return model_store.pull(folder, names, source, manifest=MANIFEST, run=run)


def test_full_brings_the_detector(folder: Path, no_npm: None) -> None:
    run = FakePrograms()
    paths = pull(folder, "full", run=run)
    assert [path.name for path in paths] == ["detector.onnx", "full.onnx"]
    assert [path.read_bytes() for path in paths] == [ONNX["detector"], ONNX["full"]]
    assert len(run.commands) == 1
    assert run.commands[0][-3:] == ["some-pip-package==1.0", "-d", "."]


def test_nothing_is_left_beside_the_models(folder: Path, no_npm: None) -> None:
    pull(folder, "full", run=FakePrograms())
    assert sorted(path.name for path in folder.iterdir()) == ["detector.onnx", "full.onnx"]


def test_whole_models_are_not_fetched_again(folder: Path, no_npm: None) -> None:
    pull(folder, "full", run=FakePrograms())
    pull(folder, "full", run=refused)


def test_an_altered_model_is_fetched_again(folder: Path, no_npm: None) -> None:
    pull(folder, "full", run=FakePrograms())
    (folder / "full.onnx").write_bytes(b"x" * len(ONNX["full"]))
    pull(folder, "full", run=FakePrograms())
    assert (folder / "full.onnx").read_bytes() == ONNX["full"]


def test_one_npm_archive_serves_all_models(folder: Path, with_npm: None) -> None:
    run = FakePrograms()
    pull(folder, "full", "lite", run=run)
    assert [command[1:] for command in run.commands] == [["pack", "some-npm-package@1.0"]]


def test_npm_serves_where_pip_fails(folder: Path, with_npm: None) -> None:
    def only_npm(command: Sequence[str], where: Path) -> "subprocess.CompletedProcess[str]":
        return FakePrograms("broken" if command[0] == sys.executable else "")(command, where)

    pull(folder, "full", run=only_npm)
    assert (folder / "full.onnx").read_bytes() == ONNX["full"]


def test_lite_without_npm_says_what_to_do(folder: Path, no_npm: None) -> None:
    with pytest.raises(WeightsError, match="npm is not on PATH: install npm, or --from DIR"):
        pull(folder, "lite", run=refused)


@pytest.mark.parametrize(
    ("stderr", "reason"),
    [
        ("/usr/bin/python: No module named pip\n", "this Python has no pip"),
        (
            "WARNING: Retrying after connection broken by 'NewConnectionError'\n"
            "ERROR: No matching distribution found for x\n",
            "the package index cannot be reached (no network?)",
        ),
        ("ERROR: No matching distribution found for x\n", "does not offer this version"),
        ("OSError: [Errno 28] No space left on device\n", "the disk is full"),
        ("Traceback ...\n\nValueError: what now.\n", "ValueError: what now;"),
        ("\n", "it gave no reason"),
    ],
)
def test_a_broken_pip_gives_one_sentence(
    folder: Path, no_npm: None, stderr: str, reason: str
) -> None:
    with pytest.raises(WeightsError) as caught:
        pull(folder, "full", run=FakePrograms(stderr))
    sentence = str(caught.value)
    assert sentence.startswith("pip could not download some-pip-package 1.0: ")
    assert reason in sentence
    assert "\n" not in sentence


def test_a_program_that_cannot_start_gives_one_sentence(folder: Path, no_npm: None) -> None:
    def unstartable(_command: Sequence[str], _folder: Path) -> "subprocess.CompletedProcess[str]":
        raise PermissionError(13, "Permission denied")

    with pytest.raises(WeightsError, match=r"^cannot run pip: Permission denied$"):
        pull(folder, "full", run=unstartable)


def test_a_failed_download_is_not_tried_for_each_model(folder: Path, no_npm: None) -> None:
    run = FakePrograms("broken")
    with pytest.raises(WeightsError):
        pull(folder, "full", run=run)
    assert len(run.commands) == 1


def test_a_package_with_other_weights_is_refused(folder: Path, no_npm: None) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(MEMBERS["detector"], b"other weights")
    with pytest.raises(WeightsError) as caught:
        pull(folder, "full", run=FakePrograms(wheel=stream.getvalue))
    expected = hashlib.sha256(TFLITE["detector"]).hexdigest()[:12]
    actual = hashlib.sha256(b"other weights").hexdigest()[:12]
    assert str(caught.value) == (
        f"detector.tflite has the wrong checksum: expected sha256 {expected}…, found {actual}…"
    )
    assert not folder.exists()


def test_a_package_without_the_file_is_named(folder: Path, no_npm: None) -> None:
    with pytest.raises(WeightsError, match=r"some.whl does not hold package/full.tflite"):
        pull(folder, "full", run=FakePrograms(wheel=lambda: wheel(["detector"])))


def test_a_damaged_archive_is_named(folder: Path, no_npm: None) -> None:
    with pytest.raises(WeightsError, match=r"cannot read the archive some.whl"):
        pull(folder, "full", run=FakePrograms(wheel=lambda: wheel()[:200]))


@pytest.mark.parametrize(
    "files",
    [
        {f"{name}.onnx": content for name, content in ONNX.items()},
        {f"{name}.tflite": content for name, content in TFLITE.items()},
        {"any-name.whl": wheel()},
        {"any-name.tgz": npm_archive()},
        {"README": b"", "full.onnx": ONNX["full"], "any-name.whl": wheel()},
    ],
    ids=["onnx", "tflite", "wheel", "npm", "mixed"],
)
def test_models_come_from_a_folder(folder: Path, tmp_path: Path, files: dict[str, bytes]) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    for name, content in files.items():
        (stick / name).write_bytes(content)
    pull(folder, "full", source=stick)
    assert (folder / "detector.onnx").read_bytes() == ONNX["detector"]
    assert (folder / "full.onnx").read_bytes() == ONNX["full"]


def test_models_come_from_one_archive(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "any.whl").write_bytes(wheel())
    pull(folder, "full", source=tmp_path / "any.whl")
    assert (folder / "full.onnx").read_bytes() == ONNX["full"]


def test_a_damaged_file_does_not_hide_a_whole_one(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "full.onnx").write_bytes(b"damaged")
    (tmp_path / "whole.whl").write_bytes(wheel())
    pull(folder, "full", source=tmp_path)
    assert (folder / "full.onnx").read_bytes() == ONNX["full"]


def test_a_folder_with_only_damaged_files_says_so(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "detector.tflite").write_bytes(b"damaged")
    with pytest.raises(WeightsError, match=r"detector\.tflite has the wrong checksum"):
        pull(folder, "full", source=tmp_path)


def test_an_empty_folder_says_what_it_should_hold(folder: Path, tmp_path: Path) -> None:
    sentence = f"{tmp_path} holds neither detector.onnx nor detector.tflite, nor an archive with it"
    with pytest.raises(WeightsError, match=re.escape(sentence)):
        pull(folder, "full", source=tmp_path)


def test_a_folder_that_does_not_exist_is_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"cannot read .*nowhere: No such file or directory"):
        pull(folder, "full", source=tmp_path / "nowhere")


def test_an_unknown_model_is_named_before_anything_is_fetched(folder: Path) -> None:
    with pytest.raises(WeightsError, match="no model 'huge', expected one of detector, lite, full"):
        pull(folder, "huge")


def test_a_missing_model_names_the_file_and_the_command(folder: Path) -> None:
    sentence = f"the model {folder / 'full.onnx'} is missing: `toeline models pull` gets it"
    for look in (model_store.model_path, model_store.verify):
        with pytest.raises(MissingModelError, match=re.escape(sentence)):
            look(folder, "full", manifest=MANIFEST)


def test_a_missing_lite_names_its_own_command(folder: Path) -> None:
    with pytest.raises(MissingModelError, match="`toeline models pull --model lite` gets it"):
        model_store.model_path(folder, "lite", manifest=MANIFEST)


def test_a_cut_model_is_seen_without_reading_it(folder: Path, no_npm: None) -> None:
    pull(folder, "full", run=FakePrograms())
    path = folder / "full.onnx"
    assert model_store.model_path(folder, "full", manifest=MANIFEST) == path
    path.write_bytes(ONNX["full"][:-1])
    size = len(ONNX["full"])
    sentence = f"{path} has {size - 1} bytes, expected {size}: `toeline models pull` replaces it"
    with pytest.raises(WeightsError, match=re.escape(sentence)):
        model_store.model_path(folder, "full", manifest=MANIFEST)


def test_one_altered_byte_is_seen_by_verify(folder: Path, no_npm: None) -> None:
    pull(folder, "full", run=FakePrograms())
    path = folder / "full.onnx"
    assert model_store.verify(folder, "full", manifest=MANIFEST) == path
    path.write_bytes(b"\0" + ONNX["full"][1:])
    with pytest.raises(WeightsError) as caught:
        model_store.verify(folder, "full", manifest=MANIFEST)
    sentence = str(caught.value)
    assert sentence.startswith(f"the model {path} has the wrong checksum: expected sha256 ")
    assert sentence.endswith(": `toeline models pull` replaces it")


def test_inventory_gives_the_state_of_every_model(folder: Path, no_npm: None) -> None:
    pull(folder, "full", run=FakePrograms())
    (folder / "full.onnx").write_bytes(b"short")
    states = {item.name: item.state for item in model_store.inventory(folder, manifest=MANIFEST)}
    assert states == {"detector": "ready", "lite": "missing", "full": "altered"}


def test_a_folder_that_cannot_be_written_gives_one_sentence(tmp_path: Path, no_npm: None) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(WeightsError, match=r"^cannot write .*detector.onnx: Not a directory$"):
        pull(tmp_path / "file" / "models", "full", run=FakePrograms())


def test_a_full_disk_leaves_nothing_behind(
    folder: Path, no_npm: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(WeightsError, match=r"^the disk is full: .*detector.onnx needs 0 MB$"):
        pull(folder, "full", run=FakePrograms())
    assert list(folder.iterdir()) == []


def test_progress_counts_the_models(folder: Path, no_npm: None) -> None:
    told: list[tuple[str, int | None, int | None]] = []
    model_store.pull(
        folder,
        ["full"],
        progress=lambda message, done, total: told.append((message, done, total)),
        manifest=MANIFEST,
        run=FakePrograms(),
    )
    assert told == [
        ("preparing detector.onnx", 0, 2),
        ("downloading some-pip-package 1.0 with pip", None, None),
        ("preparing full.onnx", 1, 2),
        ("models are ready", 2, 2),
    ]


def test_pulls_at_once_do_no_harm(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "any.whl").write_bytes(wheel())
    start = threading.Barrier(4)
    failures: list[WeightsError] = []

    def work() -> None:
        start.wait()
        try:
            pull(folder, "full", source=tmp_path / "any.whl")
        except WeightsError as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert sorted(path.name for path in folder.iterdir()) == ["detector.onnx", "full.onnx"]
    assert model_store.verify(folder, "full", manifest=MANIFEST).is_file()
