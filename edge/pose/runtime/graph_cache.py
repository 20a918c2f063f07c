"""Cache of networks optimised for this machine, rebuilt when a file is stale or damaged."""

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
    """A folder of optimised networks, each valid for one runtime, processor and model.

    An optimised graph uses memory layouts specific to the processor, so it never leaves the
    machine. Its file name holds a hash of its inputs and the checksum of its content: a file that
    is damaged, or from another runtime, is skipped and rebuilt. If the folder is not writable, each
    start optimises again and logs a line.

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
        for path in sorted(self._folder.glob(f"{self._prefix(model)}*.onnx")):
            try:
                if _sealed(self._prefix(model), path.read_bytes()) == path.name:
                    return path
            except OSError as error:
                _log.info("cannot read %s: %s", path, error.strerror)
                continue
            _log.info("%s is damaged and will be rebuilt", path)
            with suppress(OSError):
                path.unlink()
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


def _sealed(prefix: str, content: bytes) -> str:
    """Return the file name for this content; empty for no content."""
    return f"{prefix}{crc32(content):08x}.onnx" if content else ""


def _digest(model: Path) -> str:
    try:
        return sha256(model.read_bytes()).hexdigest()
    except OSError:
        # Opening it later reports the cause.
        return "unreadable"
