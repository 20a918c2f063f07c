"""The program's version."""

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version


def version() -> str:
    """Return Toeline's version; ``0+unknown`` when run without being installed."""
    try:
        return installed_version("toeline")
    except PackageNotFoundError:
        return "0+unknown"
