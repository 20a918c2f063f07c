"""The folder of converted models: its inventory, verification and download."""

import errno
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from edge.messages.errors import MissingModelError, WeightsError
from edge.pose.store.checksums import require_sha256
from edge.pose.store.fetch import onnx_from_folder, onnx_from_packages
from edge.pose.store.manifest import Manifest, Model, read_manifest
from edge.pose.store.packages import Archives, Progress, Runner, run_command
from edge.settings import paths

DETECTOR = "detector"
DEFAULT = "full"

State = Literal["ready", "missing", "altered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStatus:
    """One model in the folder; `onnx_bytes` is its size when ready."""

    name: str
    path: Path
    state: State
    onnx_bytes: int
    licence: str
    packages: tuple[str, ...]


@cache
def bundled_manifest() -> Manifest:
    """Return the manifest shipped with the program."""
    return read_manifest(paths.bundled("models/manifest.toml"))


def model_path(directory: Path, name: str, *, manifest: Manifest | None = None) -> Path:
    """Return the path of a model's ONNX file.

    Parameters
    ----------
    directory
        Folder of the models.
    name
        ``detector``, ``lite``, ``full`` or ``heavy``.
    manifest
        By default the bundled one.

    Returns
    -------
    Path of a file that exists and has the right size; `verify` also checks its content.

    Raises
    ------
    MissingModelError
        If there is no such file; the sentence names the command that fixes it.
    WeightsError
        If there is no such model, or its file has the wrong size (same hint).
    """
    model = _model(name, manifest or bundled_manifest())
    path = directory / model.file
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise MissingModelError(f"the model {path} is missing: {_mend(name)} gets it") from None
    except OSError as error:
        raise WeightsError(f"cannot read {path}: {error.strerror}") from error
    if size != model.onnx_bytes:
        raise WeightsError(
            f"the model {path} has {size} bytes, expected {model.onnx_bytes}: {_mend(name)} "
            "replaces it"
        )
    return path


def verify(directory: Path, name: str, *, manifest: Manifest | None = None) -> Path:
    """Check a model byte by byte.

    Parameters
    ----------
    directory, name, manifest
        As for `model_path`.

    Returns
    -------
    Path of the file.

    Raises
    ------
    WeightsError
        If it is missing or altered; the sentence names the command that fixes it.
    """
    manifest = manifest or bundled_manifest()
    path = model_path(directory, name, manifest=manifest)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"cannot read {path}: {error.strerror}") from error
    try:
        require_sha256(content, manifest.models[name].onnx_sha256, f"the model {path}")
    except WeightsError as error:
        raise WeightsError(f"{error}: {_mend(name)} replaces it") from None
    return path


def inventory(directory: Path, *, manifest: Manifest | None = None) -> list[ModelStatus]:
    """Return the state of every model in the manifest, in its order.

    Parameters
    ----------
    directory, manifest
        As for `model_path`.

    Returns
    -------
    One record per model; the content of present files is checked.
    """
    manifest = manifest or bundled_manifest()
    return [
        ModelStatus(
            name=name,
            path=directory / model.file,
            state=_state(directory, name, manifest),
            onnx_bytes=model.onnx_bytes,
            licence=model.licence,
            packages=tuple(
                f"{manifest.packages[source.package].name} "
                f"{manifest.packages[source.package].version}"
                for source in model.sources
            ),
        )
        for name, model in manifest.models.items()
    ]


def pull(
    directory: Path,
    names: Iterable[str],
    source: Path | None = None,
    progress: Progress | None = None,
    *,
    manifest: Manifest | None = None,
    run: Runner = run_command,
) -> list[Path]:
    """Install models into the folder unless they are present and intact.

    Parameters
    ----------
    directory
        Folder of the models; created if it does not exist.
    names
        As for `model_path`. The detector is added, because the other models need it.
    source
        Folder or file to read them from; None downloads packages.
    progress
        Called with a message and, while models are counted, the number done and the total.
    manifest, run
        By default the bundled manifest and real programs.

    Returns
    -------
    Paths of the models, the detector first.

    Raises
    ------
    WeightsError
        If a model cannot be obtained or stored; models before it stay in place.

    Notes
    -----
    Files are written atomically, so concurrent pulls are safe.
    """
    manifest = manifest or bundled_manifest()
    report = progress or _silent
    wanted = list(dict.fromkeys([DETECTOR, *names]))
    missing = [n for n in wanted if _state(directory, n, manifest) != "ready"]
    # Models with the fewest sources first: their package may contain the others as well.
    missing.sort(key=lambda name: len(manifest.models[name].sources))
    with Archives(manifest.packages, report, run) as archives:
        for done, name in enumerate(missing):
            model = manifest.models[name]
            report(f"preparing {model.file}", done, len(missing))
            if source is None:
                content = onnx_from_packages(model, archives)
            else:
                content = onnx_from_folder(model, source)
            _store(directory, model, content)
    report("models are ready", len(missing), len(missing))
    return [directory / manifest.models[name].file for name in wanted]


def _silent(_message: str, _done: int | None, _total: int | None) -> None:
    pass


def _model(name: str, manifest: Manifest) -> Model:
    if name not in manifest.models:
        raise WeightsError(
            f"there is no model {name!r}, expected one of {', '.join(manifest.models)}"
        )
    return manifest.models[name]


def _mend(name: str) -> str:
    # A plain pull gets the default model and the detector; others must be named.
    named = "" if name in (DETECTOR, DEFAULT) else f" --model {name}"
    return f"`toeline models pull{named}`"


def _state(directory: Path, name: str, manifest: Manifest) -> State:
    _model(name, manifest)
    try:
        verify(directory, name, manifest=manifest)
    except MissingModelError:
        return "missing"
    except WeightsError:
        return "altered"
    return "ready"


def _store(directory: Path, model: Model, content: bytes) -> None:
    """Write a model atomically, safe even against a power cut."""
    path = directory / model.file
    try:
        directory.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=directory, prefix=f".{model.file}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            # mkstemp denies other users access, but a service may run as a different user.
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)
        _sync_folder(directory)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise WeightsError(
                f"the disk is full: {path} needs {len(content) / 1e6:.0f} MB"
            ) from error
        raise WeightsError(f"cannot write {path}: {error.strerror}") from error


def _sync_folder(directory: Path) -> None:
    # Without this, a power cut can undo the rename.
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
