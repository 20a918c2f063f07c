"""Where files that are not code lie: bundled ones, the models, and the recordings."""

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def bundled(relative: str) -> Path:
    """Path of a file or folder that is shipped with the program.

    Parameters
    ----------
    relative
        Such as ``models/manifest.toml`` or ``web_display``, with forward slashes.

    Returns
    -------
    The place inside an installed package, or else beside the package in a checkout.

    Raises
    ------
    FileNotFoundError
        If neither place holds it.

    Examples
    --------
    >>> bundled("models/manifest.toml").name
    'manifest.toml'
    """
    # The installed place goes first: beside an installed package lie other people's folders.
    for root in (PACKAGE / "bundled", PACKAGE.parent):
        if (path := root / relative).exists():
            return path
    raise FileNotFoundError(f"{relative} is missing from the installation in {PACKAGE}")


def demo_clip() -> Path:
    """Path of the clip that `toeline demo` plays."""
    return PACKAGE / "capture" / "demo.mp4"


def models_dir() -> Path:
    """Folder of the converted models: ``TOELINE_MODELS``, else in the XDG cache directory."""
    return _folder("TOELINE_MODELS", "XDG_CACHE_HOME", ".cache", "models")


def data_dir() -> Path:
    """Folder of the recordings: ``TOELINE_DATA``, else in the XDG data directory."""
    return _folder("TOELINE_DATA", "XDG_DATA_HOME", ".local/share", "")


def _folder(own: str, xdg: str, default: str, inner: str) -> Path:
    if chosen := os.environ.get(own):
        return Path(chosen).expanduser()
    base = Path(os.environ.get(xdg, ""))
    # The XDG specification says to ignore a relative path.
    if not base.is_absolute():
        base = Path.home() / default
    return base / "toeline" / inner
