"""Settings out of a TOML file and the command line."""

import tomllib
from pathlib import Path
from typing import Any

from edge.messages.errors import SettingsError
from edge.settings.settings import Settings
from edge.settings.settings_table import put_override, settings_of


def read_settings(path: Path | None, overrides: list[str] | None = None) -> Settings:
    """Read a TOML file, if one is given, then apply ``room.key=value`` overrides.

    Raises
    ------
    SettingsError
        If the file cannot be read or is not TOML, or a key or value is not known.
    """
    table: dict[str, Any] = {}
    if path is not None:
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise SettingsError(f"cannot read settings {path}: {error.strerror}") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path} is not valid TOML: {error}") from error
    for override in overrides or []:
        put_override(table, override)
    return settings_of(table)
