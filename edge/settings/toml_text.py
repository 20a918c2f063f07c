"""Reading of TOML files that people write, whatever their editor made of them."""

import tomllib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path
from typing import Any

from edge.messages.errors import SettingsError


def toml_text(path: Path, what: str = "settings") -> str:
    """Return the text of a file with line feeds alone; raises SettingsError.

    ``what`` names the content if the file cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"cannot read {what} {path}: {error.strerror}") from error
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) or b"\0" in content[:2]:
        raise SettingsError(f"{path} is not valid TOML: it is UTF-16 text; save it as UTF-8")
    try:
        # Editors on Windows put a byte order mark before the text.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = 1 + content.count(b"\n", 0, error.start)
        raise SettingsError(
            f"{path} is not valid TOML: line {line} is not UTF-8 text; save it as UTF-8"
        ) from error
    return "\n".join(text.replace("\r\n", "\n").split("\r"))


def toml_table(path: Path | str, text: str) -> dict[str, Any]:
    """Return the content of a TOML document from ``path``; raises SettingsError."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from error
