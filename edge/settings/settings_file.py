"""Settings from a TOML file and the command line, and the origin of each."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from edge.messages.errors import SettingsError
from edge.settings.settings import Settings
from edge.settings.settings_checks import Mistake
from edge.settings.settings_table import put_override, read_table
from edge.settings.toml_lines import key_lines
from edge.settings.toml_text import toml_table, toml_text

COMMAND_LINE: Final = "--set"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsRead:
    """Settings as read, with their mistakes and origins.

    Attributes
    ----------
    settings
        The settings, with defaults in place of values that are invalid alone.
    mistakes
        All mistakes, in the order of the file; empty if the settings may be used.
    origins
        ``FILE, line N`` or ``--set`` by full name, for every setting given; others have defaults.
    """

    settings: Settings
    mistakes: list[Mistake]
    origins: dict[str, str]

    def sentence(self, mistake: Mistake) -> str:
        """Return the mistake's sentence, preceded by its line if it is in the file."""
        origins = [self.origins[name] for name in mistake.names if name in self.origins]
        in_file = origins and origins[0] != COMMAND_LINE
        return f"{origins[0]}: {mistake.sentence}" if in_file else mistake.sentence


def read_settings(path: Path | None, overrides: list[str] | None = None) -> Settings:
    """Read a TOML file, if one is given, then apply ``room.key=value`` overrides.

    Raises
    ------
    SettingsError
        If the file cannot be read or is not TOML, or a key or value is invalid.
    """
    read = examine_settings(path, overrides)
    for mistake in read.mistakes:
        raise SettingsError(read.sentence(mistake))
    return read.settings


def examine_settings(path: Path | None, overrides: list[str] | None = None) -> SettingsRead:
    """Read as ``read_settings`` does, but collect mistakes instead of raising them.

    Raises
    ------
    SettingsError
        If the file cannot be read or is not TOML, or an override is malformed.
    """
    table: dict[str, Any] = {}
    origins: dict[str, str] = {}
    lines: dict[str, int] = {}
    if path is not None:
        text = toml_text(path)
        table = toml_table(path, text)
        lines = {".".join(keys): line for keys, line in key_lines(text).items()}
        origins = {name: f"{path}, line {line}" for name, line in lines.items()}
    for override in overrides or []:
        origins[put_override(table, override)] = COMMAND_LINE
    settings, mistakes = read_table(table)
    mistakes.sort(key=lambda mistake: _line(mistake, lines))
    return SettingsRead(settings=settings, mistakes=mistakes, origins=origins)


def _line(mistake: Mistake, lines: dict[str, int]) -> int:
    """Return the line of the first name found in the file; mistakes without a line sort last."""
    return next((lines[name] for name in mistake.names if name in lines), sys.maxsize)
