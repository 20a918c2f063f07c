"""Networks as this machine runs them: optimised once, kept, and made again when in doubt."""

import logging
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TypeVar
from zlib import crc32

T = TypeVar("T")

_log = logging.getLogger(__name__)


class GraphCache:
    """A folder of optimised networks, each good for one runtime, processor and model only.

    An optimised graph holds layouts that another processor does not have, so it never leaves the
    machine. Its file's name tells what it was made from and the checksum of its content: a file
    that is damaged, or of another runtime, is passed over and made again. A folder that cannot be
    written to costs the time of optimising at each start, and a line in the log.

    Parameters
    ----------
    folder
        Made when first needed.
    device
        Stands for runtime version and processor.
    digests
        The models' SHA-256 by file name, for those that were checked already; others are read.
    """

    def __init__(self, folder: Path, device: str, digests: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._device = device
        self._digests = digests or {}

    def find(self, model: Path) -> Path | None:
        """Return the optimised file of ``model``; None if there is none, or none that is whole."""
        for path in sorted(self._folder.glob(f"{self._prefix(model)}*.onnx")):
            try:
                if _sealed(self._prefix(model), path.read_bytes()) == path.name:
                    return path
            except OSError as error:
                _log.info("cannot read %s: %s", path, error.strerror)
                continue
            _log.info("%s is damaged and made again", path)
            with suppress(OSError):
                path.unlink()
        return None

    def discard(self, path: Path, why: str) -> None:
        """Remove a file that turned out to be of no use."""
        _log.info("%s is made again: %s", path, why)
        with suppress(OSError):
            path.unlink()

    def fill(self, model: Path, open_model: Callable[[Path | None], T]) -> T:
        """Open a model in such a way that its optimised graph is kept, if that is possible.

        Parameters
        ----------
        model
            The network's own file.
        open_model
            Opens it, and writes the optimised graph to the path given; without one, opens it only.
            What it raises without a path is raised.
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
            # The runtime raises its own kinds: a full disk and a bad model look alike here.
            return self._without(error, open_model)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        return opened

    def _without(self, error: Exception, open_model: Callable[[Path | None], T]) -> T:
        opened = open_model(None)
        _log.info("optimised networks cannot be kept in %s: %s", self._folder, error)
        return opened

    def _keep(self, model: Path, part: Path) -> None:
        name = _sealed(self._prefix(model), part.read_bytes())
        if not name:
            return
        part.chmod(0o644)
        part.replace(self._folder / name)
        # Those of a runtime or model before this one serve nobody any more.
        for other in self._folder.glob(f"{model.stem}-*.onnx"):
            if other.name != name:
                with suppress(OSError):
                    other.unlink()

    def _prefix(self, model: Path) -> str:
        digest = self._digests.get(model.name) or _digest(model)
        key = sha256(f"{self._device} {digest}".encode()).hexdigest()[:16]
        return f"{model.stem}-{key}-"


def _sealed(prefix: str, content: bytes) -> str:
    """Return the name of a file with this content; no content, no name."""
    return f"{prefix}{crc32(content):08x}.onnx" if content else ""


def _digest(model: Path) -> str:
    try:
        return sha256(model.read_bytes()).hexdigest()
    except OSError:
        # Opening it will say what is wrong with it.
        return "unreadable"
