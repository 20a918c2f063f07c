"""Paths for programs that take only UTF-8, such as OpenCV."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def decodable_path(path: str) -> Iterator[str]:
    """Give a path in UTF-8 to the file at ``path``, for as long as it is being opened.

    OpenCV crashes on a name in another encoding. Such a file is opened by a temporary link.
    """
    try:
        path.encode()
    except UnicodeEncodeError:
        with TemporaryDirectory(prefix="toeline-") as folder:
            link = Path(folder) / f"recording{_plain_suffix(path)}"
            link.symlink_to(Path(path).absolute())
            yield str(link)
    else:
        yield path


def _plain_suffix(path: str) -> str:
    """Return the suffix, by which some formats are recognised; empty if it is the bad part."""
    suffix = Path(path).suffix
    return suffix if suffix.isascii() else ""
