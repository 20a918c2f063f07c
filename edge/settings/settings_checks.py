"""What a setting may be."""

from typing import Any

from edge.messages.errors import SettingsError
from edge.settings.coaching_settings import CoachingSettings
from edge.settings.settings import Settings

_CHOICES: dict[str, tuple[str, ...]] = {
    "pose.model": ("lite", "full", "heavy"),
    "pose.provider": ("auto", "cpu", "cuda", "tensorrt"),
    "gait.facing": ("auto", "left", "right"),
}
_RANGES: dict[str, tuple[float, float]] = {
    "capture.width": (0, 8192),
    "capture.height": (0, 8192),
    "capture.fps": (0, 1000),
    "capture.stall_s": (0.2, 60),
    "capture.half_scale_rows": (0, 8192),
    "capture.decode_threads": (1, 64),
    "pose.threads": (0, 64),
    "pose.min_detection": (0.05, 1),
    "pose.min_presence": (0.05, 1),
    "gait.belt_speed_mps": (0, 12),
    "gait.incline_pct": (-15, 40),
    "gait.window_s": (0.05, 0.3),
    "gait.contact_offset_s": (-0.2, 0.2),
    "gait.peak_offset_s": (-0.2, 0.2),
    "gait.toe_off_offset_s": (-0.2, 0.2),
    "gait.first_stride_s": (0.2, 2),
    "coaching.recent_strides": (1, 1000),
    "serve.port": (1, 65535),
    "serve.jpeg_quality": (20, 95),
    "serve.preview_height": (120, 2160),
    "serve.max_clients": (1, 1000),
    "serve.pictures_hz": (1, 100_000),
    "load.late_ms": (5, 10_000),
    "load.preview_hz": (1, 1000),
    "load.preview_rows": (120, 2160),
    "record.empty_s": (5, 86_400),
    "record.operator_empty_s": (5, 86_400),
    "record.keep_free_mb": (0, 1_000_000),
    "record.retention_days": (0, 36_500),
    "record.video_spare_mb": (0, 1_000_000),
}


def checked(settings: Settings) -> Settings:
    """Return ``settings`` if every value is one that it may have; raise SettingsError if not."""
    for name, choices in _CHOICES.items():
        value = _lookup(settings, name)
        if value not in choices:
            raise SettingsError(
                f"setting {name} must be one of {', '.join(choices)}, got {value!r}"
            )
    for name, (low, high) in _RANGES.items():
        value = _lookup(settings, name)
        if not low <= value <= high:
            raise SettingsError(f"setting {name} must be {low:g} to {high:g}, got {value:g}")
    _check_stride_counts(settings.coaching)
    return settings


def _check_stride_counts(coaching: CoachingSettings) -> None:
    counts = (coaching.min_valid_strides, coaching.window_strides, coaching.recent_strides)
    if not 1 <= counts[0] <= counts[1] <= counts[2]:
        raise SettingsError(
            "settings coaching.min_valid_strides, window_strides and recent_strides must be 1 or "
            f"more and rise in this order, got {', '.join(map(str, counts))}"
        )


def _lookup(settings: Settings, name: str) -> Any:
    room, key = name.split(".")
    return getattr(getattr(settings, room), key)
