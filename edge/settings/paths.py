"""Paths of bundled files, models and recordings."""

import os
from pathlib import Path

from edge.messages.errors import SettingsError

PACKAGE = Path(__file__).resolve().parent.parent


def bundled(relative: str) -> Path:
    """Return the path of a file or folder shipped with the program.

    Parameters
    ----------
    relative
        Such as ``models/manifest.toml`` or ``web_display``, with forward slashes.

    Returns
    -------
    The path inside an installed package, or else next to the package in a checkout.

    Raises
    ------
    FileNotFoundError
        If it is in neither place.

    Examples
    --------
    >>> bundled("models/manifest.toml").name
    'manifest.toml'
    """
    # The installed path first: next to an installed package are folders of other packages.
    for root in (PACKAGE / "bundled", PACKAGE.parent):
        if (path := root / relative).exists():
            return path
    raise FileNotFoundError(f"{relative} is missing from the installation in {PACKAGE}")


def demo_clip() -> Path:
    """Return the path of the clip that `toeline demo` plays."""
    return PACKAGE / "capture" / "demo.mp4"


def models_dir() -> Path:
    """Return the folder of the models: ``TOELINE_MODELS``, else in the XDG cache directory."""
    return _folder("TOELINE_MODELS", "XDG_CACHE_HOME", ".cache", "models")


def data_dir() -> Path:
    """Return the folder of recordings: ``TOELINE_DATA``, else in the XDG data directory."""
    return _folder("TOELINE_DATA", "XDG_DATA_HOME", ".local/share", "")


def expanded(path: Path) -> Path:
    """Return a path with a leading ``~`` or ``~user`` replaced; raises SettingsError."""
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise SettingsError(f"{path} begins with a home folder that is not known") from error


def _folder(own: str, xdg: str, default: str, inner: str) -> Path:
    if chosen := os.environ.get(own):
        return expanded(Path(chosen))
    base = Path(os.environ.get(xdg, ""))
    # The XDG specification says to ignore a relative path.
    if not base.is_absolute():
        base = expanded(Path("~")) / default
    return base / "toeline" / inner
