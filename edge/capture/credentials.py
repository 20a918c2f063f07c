"""User and password of a network camera, from a file instead of the command line."""

import os
import stat
from pathlib import Path
from typing import Final
from urllib.parse import quote

from edge.messages.errors import CaptureError

# Where systemd puts what LoadCredential=camera:FILE names.
_FOLDER: Final = "CREDENTIALS_DIRECTORY"
_NAME: Final = "camera"
_MOST: Final = 1024


def with_credentials(address: str, setting: str) -> str:
    """Return a stream's address with user and password, unless it has its own.

    Parameters
    ----------
    address
        Such as ``rtsp://HOST/PATH``.
    setting
        Path of a file that holds ``USER:PASSWORD``; if empty, the credential ``camera`` of a
        systemd service is used, if there is one.

    Raises
    ------
    CaptureError
        If the file cannot be read, holds something else, or others may read it; it never says
        what the file holds.
    """
    scheme, _, rest = address.partition("://")
    if "@" in rest.partition("/")[0]:
        return address
    path = _chosen(setting)
    if path is None:
        return address
    user, password = _read(path, private=bool(setting))
    return f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{rest}"


def _chosen(setting: str) -> Path | None:
    if setting:
        return Path(setting).expanduser()
    folder = os.environ.get(_FOLDER)
    path = Path(folder) / _NAME if folder else None
    return path if path is not None and path.exists() else None


def _read(path: Path, *, private: bool) -> tuple[str, str]:
    try:
        with path.open("rb") as file:
            if private and os.fstat(file.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise CaptureError(f"others may read {path}: run `chmod 600 {path}`")
            text = file.read(_MOST).decode("utf-8-sig").strip("\r\n")
    except OSError as error:
        raise CaptureError(
            f"cannot read the camera's password: {path}: {error.strerror}"
        ) from error
    except UnicodeDecodeError:
        # Not as its cause: the error holds the bytes.
        raise CaptureError(f"{path} must hold USER:PASSWORD as UTF-8") from None
    user, colon, password = text.partition(":")
    if not (user and colon and password) or any(c in text for c in "\r\n\0"):
        raise CaptureError(f"{path} must hold USER:PASSWORD on one line")
    return user, password
