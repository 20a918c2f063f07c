"""Copies of settings with some values replaced, checked again."""

from dataclasses import asdict
from typing import Any

from edge.settings.settings import Settings
from edge.settings.settings_table import put_override, settings_of


def with_overrides(settings: Settings, overrides: list[str]) -> Settings:
    """Return ``settings`` with ``room.key=value`` overrides; raises SettingsError."""
    table = asdict(settings)
    for override in overrides:
        put_override(table, override)
    return settings_of(table)


def with_capture(settings: Settings, **changes: Any) -> Settings:
    """Return ``settings`` with some capture settings replaced, checked again."""
    return _with_room(settings, "capture", changes)


def with_gait(settings: Settings, **changes: Any) -> Settings:
    """Return ``settings`` with some gait settings replaced, checked again."""
    return _with_room(settings, "gait", changes)


def with_pose(settings: Settings, **changes: Any) -> Settings:
    """Return ``settings`` with some pose settings replaced, checked again."""
    return _with_room(settings, "pose", changes)


def with_serve(settings: Settings, **changes: Any) -> Settings:
    """Return ``settings`` with some serve settings replaced, checked again."""
    return _with_room(settings, "serve", changes)


def _with_room(settings: Settings, room: str, changes: dict[str, Any]) -> Settings:
    table = asdict(settings)
    table[room] |= changes
    return settings_of(table)
