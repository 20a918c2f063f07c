"""Names of result folders, and what tells one recording from another."""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edge.messages.plain_text import escaped


def result_name(file: str) -> str:
    """Return the name of a recording's result folder: its stem, made safe.

    Examples
    --------
    >>> result_name("clips/easy.mp4"), result_name("clips/...mp4"), result_name("a.b.mp4")
    ('easy', '...mp4', 'a.b')
    """
    path = Path(file)
    # The stem of "...mp4" is the folder above.
    return escaped(path.name if path.stem in (".", "..") else path.stem)


def shared_names(files: Sequence[str]) -> list[str]:
    """Return the names that several recordings would share, on any disk.

    Examples
    --------
    >>> shared_names(["a/easy.mp4", "b/Easy.mov", "hard.mp4"])
    ['Easy']
    """
    names = [result_name(file) for file in files]
    counts = Counter(map(_folded, names))
    seen: set[str] = set()
    again = []
    for name in names:
        if counts[_folded(name)] > 1 and _folded(name) in seen:
            again.append(name)
        seen.add(_folded(name))
    return again


def file_identity(file: Path) -> dict[str, Any]:
    """Return the size and SHA-256 of a file, as in ``session.json``; raises ``OSError``."""
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        return {"bytes": content.tell(), "sha256": digest}


def _folded(name: str) -> str:
    """Return a name as a disk that ignores case and spelling of accents compares it."""
    return unicodedata.normalize("NFC", name).casefold()
