"""Cache of networks optimised for this machine, rebuilt when a file is stale or damaged."""

import logging
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from stat import S_IWGRP, S_IWOTH
from typing import Final, TypeVar

T = TypeVar("T")

_log = logging.getLogger(__name__)

FOLDER: Final = "optimised"
_SUFFIX: Final = ".onnx"
_SEAL_DIGITS: Final = 64
_ROOT: Final = 0


class GraphCache:
    """A folder of optimised networks, each valid for one runtime, processor and model.

    An optimised graph uses memory layouts specific to the processor, so it never leaves the
    machine. Its file name holds a hash of its inputs, and the SHA-256 of these and its content: a
    file that was altered, or is from another runtime, is skipped and rebuilt. So is one that
    another user of the machine wrote or may write to. If the folder is not writable, each start
    optimises again and logs a line.

    Parameters
    ----------
    folder
        Created when first needed.
    device
        Key of runtime version and processor.
    digests
        SHA-256 of models checked already, by file name; other files are hashed.
    """

    def __init__(self, folder: Path, device: str, digests: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._device = device
        self._digests = digests or {}

    def find(self, model: Path) -> Path | None:
        """Return the optimised file of ``model``; None if there is no intact one."""
        for path in sorted(self._folder.glob(f"{self._prefix(model)}*{_SUFFIX}")):
            try:
                fault = _fault(path)
            except OSError as error:
                _log.info("cannot read %s: %s", path, error.strerror)
                continue
            if not fault:
                return path
            self.discard(path, fault)
        return None

    def discard(self, path: Path, why: str) -> None:
        """Remove an unusable file."""
        _log.info("%s will be rebuilt: %s", path, why)
        with suppress(OSError):
            path.unlink()

    def fill(self, model: Path, open_model: Callable[[Path | None], T]) -> T:
        """Open a model and cache its optimised graph if possible.

        Parameters
        ----------
        model
            The original file of the network.
        open_model
            Opens the model, and writes the optimised graph to the path if one is given. Its errors
            are passed on when it is called without a path.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".part")
        except OSError as error:
            return self._without(error, open_model)
        os.close(descriptor)
        part = Path(name)
        try:
            opened = open_model(part)
            self._keep(model, part)
        except Exception as error:
            # The runtime has its own exceptions: a full disk and a bad model look alike here.
            return self._without(error, open_model)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        return opened

    def _without(self, error: Exception, open_model: Callable[[Path | None], T]) -> T:
        opened = open_model(None)
        _log.info("cannot store optimised networks in %s: %s", self._folder, error)
        return opened

    def _keep(self, model: Path, part: Path) -> None:
        name = _sealed(self._prefix(model), part.read_bytes())
        if not name:
            return
        part.chmod(0o644)
        part.replace(self._folder / name)
        # Files from an earlier runtime or model are obsolete.
        for other in self._folder.glob(f"{model.stem}-*.onnx"):
            if other.name != name:
                with suppress(OSError):
                    other.unlink()

    def _prefix(self, model: Path) -> str:
        digest = self._digests.get(model.name) or _digest(model)
        key = sha256(f"{self._device} {digest}".encode()).hexdigest()[:16]
        return f"{model.stem}-{key}-"


def altered_graphs(folder: Path, model: Path) -> list[Path]:
    """Remove the altered graphs of a model from a cache's folder, and return their paths.

    Those of former versions, which had no such checksum, are removed without a word: they are used
    no more.

    Raises
    ------
    OSError
        If one cannot be read or removed.
    """
    altered = []
    for path in sorted(folder.glob(f"{model.stem}-*{_SUFFIX}")):
        if _fault(path):
            path.unlink()
            if len(path.stem.rpartition("-")[2]) == _SEAL_DIGITS:
                altered.append(path)
    return altered


def _fault(path: Path) -> str:
    """Return why a graph must not be run; empty if it may."""
    state = path.stat()
    if state.st_uid not in (_ROOT, os.geteuid()) or state.st_mode & (S_IWGRP | S_IWOTH):
        return "another user may have written it"
    prefix = path.stem.rpartition("-")[0] + "-"
    if _sealed(prefix, path.read_bytes()) != path.name:
        return "it is damaged or altered"
    return ""


def _sealed(prefix: str, content: bytes) -> str:
    """Return the file name for this content; empty for no content."""
    seal = sha256(prefix.encode() + content).hexdigest()
    return f"{prefix}{seal}{_SUFFIX}" if content else ""


def _digest(model: Path) -> str:
    try:
        return sha256(model.read_bytes()).hexdigest()
    except OSError:
        # Opening it later reports the cause.
        return "unreadable"
