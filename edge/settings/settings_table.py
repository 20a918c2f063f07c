"""Conversion of a table of rooms, as read from TOML, to settings; unknown keys are errors."""

import tomllib
from collections.abc import Iterator
from dataclasses import Field, fields
from difflib import get_close_matches
from typing import Any, Final, get_type_hints

from edge.messages.errors import SettingsError
from edge.settings.setting import SettingSpec, mistake, spec_of
from edge.settings.settings import Settings
from edge.settings.settings_checks import Mistake, mistakes_across

RENAMED: Final[dict[str, str]] = {
    # Strike is not measured, so nothing could put the shift in force.
    "coaching.forefoot_shift_pct": "",
}
"""Former full names of settings, with the current name, or empty if removed."""

_ROOMS: Final[dict[str, Any]] = get_type_hints(Settings)


def all_settings() -> Iterator[tuple[str, type, SettingSpec]]:
    """Return every setting's full name, type and declaration."""
    for room, kind in _ROOMS.items():
        types = get_type_hints(kind)
        for declared in _fields(kind):
            yield f"{room}.{declared.name}", types[declared.name], spec_of(declared)


def value_of(settings: Settings, name: str) -> Any:
    """Return the value of the setting with this full name."""
    room, key = name.split(".")
    return getattr(getattr(settings, room), key)


def shown_value(value: Any) -> str:
    """Return a value as written in TOML, but texts without quotes.

    Examples
    --------
    >>> shown_value(True), shown_value(0.7), shown_value("auto"), shown_value("")
    ('true', '0.7', 'auto', '')
    """
    return str(value).lower() if isinstance(value, bool) else str(value)


def settings_of(table: dict[str, Any]) -> Settings:
    """Return the settings of a table of rooms, as made by ``asdict``; raises SettingsError."""
    settings, mistakes = read_table(table)
    for wrong in mistakes:
        raise SettingsError(wrong.sentence)
    return settings


def read_table(table: dict[str, Any]) -> tuple[Settings, list[Mistake]]:
    """Return the settings of a table, and all mistakes in it.

    Parameters
    ----------
    table
        Rooms, each a table of values.

    Returns
    -------
    The settings, with defaults in place of values that are invalid alone; and all mistakes, those
    of single settings first, in the order of the table.
    """
    known = {name: (wanted, spec) for name, wanted, spec in all_settings()}
    mistakes: list[Mistake] = []
    good: dict[str, dict[str, Any]] = {room: {} for room in _ROOMS}
    for room, content in table.items():
        if sentence := _room_mistake(room, content):
            mistakes.append(Mistake((room,), sentence))
            continue
        for key, value in content.items():
            name = f"{room}.{key}"
            sentence = (
                mistake(name, value, *known[name]) if name in known else _unknown_key(room, key)
            )
            if sentence:
                mistakes.append(Mistake((name,), sentence))
            else:
                good[room][key] = float(value) if known[name][0] is float else value
    settings = Settings(**{room: kind(**good[room]) for room, kind in _ROOMS.items()})
    return settings, mistakes + _still_wrong(settings, mistakes)


def stored_settings(table: dict[str, Any]) -> Settings:
    """Return the settings of a recorded session, however old.

    Former names are mapped to current ones. Settings removed since, and values no longer valid, are
    dropped: a session must open in every later version.
    """
    current: dict[str, dict[str, Any]] = {}
    for room, content in table.items():
        for key, value in content.items():
            name = RENAMED.get(f"{room}.{key}", f"{room}.{key}")
            new_room, _, new_key = name.partition(".")
            current.setdefault(new_room, {})[new_key] = value
    return read_table(current)[0]


def put_override(table: dict[str, Any], override: str) -> str:
    """Put one ``room.key=value`` into a table of rooms; return its name.

    Raises
    ------
    SettingsError
        If the override is malformed, or its room is not a table.
    """
    name, equals, text = override.partition("=")
    room, dot, key = name.strip().partition(".")
    if not equals or not dot or not key:
        raise SettingsError(f"--set needs room.key=value, got {override!r}")
    try:
        value = tomllib.loads(f"v = {text}")["v"]
    except tomllib.TOMLDecodeError:
        value = text.strip()
    room_table = table.setdefault(room, {})
    if not isinstance(room_table, dict):
        raise SettingsError(f"setting {room} must be a table")
    room_table[key] = value
    return f"{room}.{key}"


def _fields(kind: Any) -> tuple[Field[Any], ...]:
    return fields(kind)


def _room_mistake(room: str, content: object) -> str:
    if room not in _ROOMS:
        return f"unknown setting {room!r}{_meant(room, list(_ROOMS))}; known: {', '.join(_ROOMS)}"
    return "" if isinstance(content, dict) else f"setting {room} must be a table"


def _unknown_key(room: str, key: str) -> str:
    name = f"{room}.{key}"
    if name in RENAMED:
        new = RENAMED[name]
        return f"setting {name} is now {new}" if new else f"setting {name} was removed"
    keys = list(get_type_hints(_ROOMS[room]))
    return f"unknown setting {name}{_meant(key, keys)}; known: {', '.join(keys)}"


def _meant(word: str, known: list[str]) -> str:
    close = get_close_matches(word, known, n=1)
    return f", perhaps {close[0]}" if close else ""


def _still_wrong(settings: Settings, alone: list[Mistake]) -> list[Mistake]:
    """Return the mistakes across settings, except those with a setting that is wrong alone."""
    wrong = {name for found in alone for name in found.names}
    return [found for found in mistakes_across(settings) if not wrong & set(found.names)]
