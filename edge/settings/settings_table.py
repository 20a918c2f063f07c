"""From a table of rooms, as TOML gives it, to settings; an unknown key is an error."""

import tomllib
from dataclasses import fields, is_dataclass
from math import isfinite
from typing import Any, get_type_hints

from edge.messages.errors import SettingsError
from edge.settings.settings import Settings
from edge.settings.settings_checks import checked


def settings_of(table: dict[str, Any]) -> Settings:
    """Return the settings of a table of rooms, as ``asdict`` makes it; raises SettingsError."""
    return checked(_read_rooms(table))


def put_override(table: dict[str, Any], override: str) -> None:
    """Put one ``room.key=value`` into a table of rooms; raises SettingsError."""
    name, equals, text = override.partition("=")
    room, dot, key = name.strip().partition(".")
    if not equals or not dot or not key:
        raise SettingsError(f"--set wants room.key=value, got {override!r}")
    try:
        value = tomllib.loads(f"v = {text}")["v"]
    except tomllib.TOMLDecodeError:
        value = text.strip()
    room_table = table.setdefault(room, {})
    if not isinstance(room_table, dict):
        raise SettingsError(f"setting {room} must be a table")
    room_table[key] = value


def _read_rooms(table: dict[str, Any]) -> Settings:
    rooms = {f.name: f.default_factory for f in fields(Settings)}
    values: dict[str, Any] = {}
    for room, content in table.items():
        if room not in rooms:
            raise SettingsError(f"unknown setting {room!r}; known: {', '.join(rooms)}")
        if not isinstance(content, dict):
            raise SettingsError(f"setting {room} must be a table")
        kind = get_type_hints(Settings)[room]
        assert is_dataclass(kind)
        values[room] = _read_room(room, kind, content)
    return Settings(**values)


def _read_room(room: str, kind: Any, content: dict[str, Any]) -> Any:
    types = get_type_hints(kind)
    for key, value in content.items():
        if key not in types:
            raise SettingsError(f"unknown setting {room}.{key!s}; known: {', '.join(types)}")
        want = types[key]
        number_ok = want is float and isinstance(value, int | float) and not isinstance(value, bool)
        if not number_ok and type(value) is not want:
            raise SettingsError(f"setting {room}.{key} must be {want.__name__}, got {value!r}")
        if number_ok and not isfinite(value):
            raise SettingsError(f"setting {room}.{key} must be a finite number, got {value!r}")
    return kind(**{k: float(v) if types[k] is float else v for k, v in content.items()})
