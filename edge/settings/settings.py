"""All settings of the station: one TOML file into frozen records; an unknown key is an error."""

import tomllib
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from hashlib import sha256
from json import dumps
from math import isfinite
from pathlib import Path
from typing import Any, get_type_hints

from edge.messages.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureSettings:
    """The camera. Zero means: as the camera gives it.

    Of a camera that gives JPEG, a picture of ``half_scale_rows`` rows or more is decoded at half
    its size, which costs a fraction; 0 means never. A stream or a file is decoded on
    ``decode_threads``: with each beyond the first a stream comes one picture later, for so many
    are decoded side by side.
    """

    width: int = 0
    height: int = 0
    fps: float = 0.0
    stall_s: float = 2.0
    half_scale_rows: int = 1000
    decode_threads: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PoseSettings:
    """The pose model. ``threads`` 0 lets the runtime choose from the processor count.

    ``provider`` is what runs the networks; ``auto`` takes the fastest that is there and ready.
    """

    model: str = "full"
    threads: int = 0
    provider: str = "auto"
    min_detection: float = 0.5
    min_presence: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class GaitSettings:
    """Smoothing, events and the activity gate.

    ``belt_speed_mps`` and ``incline_pct`` are what the treadmill shows; belt speed 0 means not
    entered. Source: docs/gait-metrics.md, "Smoothing" and "Events". The offsets are from
    what the rules see to the event: from the furthest reach to contact; of the knee's turn; from
    the middle of straightest knee and lifting foot to toe-off. They are the middle of 27 rendered
    runners with exact truth, seen by pose model and leg reader; for markers they are 0.028, 0 and
    -0.007.
    """

    facing: str = "auto"
    belt_speed_mps: float = 0.0
    incline_pct: float = 0.0
    window_s: float = 0.117
    contact_offset_s: float = 0.032
    peak_offset_s: float = -0.006
    toe_off_offset_s: float = -0.007
    first_stride_s: float = 0.72


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingSettings:
    """Limits of the traffic lights: screening defaults, to be adjusted by each clinic.

    Speeds scale three limits: ``a + slope * (v - 2.5)`` with v in m/s, clamped to 2.2 to 4.8.
    """

    window_strides: int = 10
    recent_strides: int = 12
    min_valid_strides: int = 8
    dwell_strides: int = 8
    share_beyond: float = 0.7
    warm_up_strides: int = 10
    speed_change_mps: float = 0.4
    speed_change_strides: int = 3
    knee_toe_amber_pct: float = 0.0
    knee_toe_red_pct: float = 4.0
    knee_toe_inside_pct: float = 1.5
    forefoot_shift_pct: float = 3.0
    shank_amber_deg: float = 30.0
    shank_red_deg: float = 33.0
    hip_ankle_amber_pct: float = 9.0
    hip_ankle_red_pct: float = 11.5
    hip_ankle_inside_pct: float = 1.0
    push_off_amber_deg: float = 22.5
    push_off_slope_deg: float = -2.3
    push_off_red_above_deg: float = 5.0
    thigh_amber_deg: float = 14.7
    thigh_slope_deg: float = 3.65
    thigh_red_below_deg: float = 4.0
    plantarflexion_amber_deg: float = 8.0
    plantarflexion_slope_deg: float = 2.5
    plantarflexion_red_below_deg: float = 4.0
    angle_inside_deg: float = 1.5
    unknown_speed_mps: float = 3.0
    cue_gap_s: float = 20.0
    cue_after_strides: int = 5
    praise_strides: int = 20
    cadence_low_spm: float = 5.0
    cadence_high_spm: float = 8.0
    cadence_cap_pct: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """The web server; loopback unless told otherwise.

    Beyond this machine whoever looks on must be paired. ``name`` is a further host name by which
    tablets reach the station; ``certificate`` and ``key`` are files in PEM for TLS.
    ``pictures_hz`` is how many pictures a second may go out over all clients together: ten get
    every one of 60 a second, fifty get 12 a second each, and measuring has the processor.
    """

    listen: str = "127.0.0.1"
    port: int = 8765
    jpeg_quality: int = 80
    preview_height: int = 540
    max_clients: int = 64
    pictures_hz: float = 600.0
    name: str = ""
    certificate: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSettings:
    """What a machine that is too slow does about it.

    A frame whose pose takes longer than ``late_ms`` is late: of the 80 to 160 ms from light to
    screen the pose may take no more. With ``shed`` the station gives up, in this order, pictures a
    second (down to ``preview_hz``), picture size (down to ``preview_rows``), model size and poses a
    second, and says so.
    """

    late_ms: float = 100.0
    shed: bool = True
    preview_hz: float = 15.0
    preview_rows: int = 360


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSettings:
    """What is kept, and for how long.

    With ``auto`` a session begins by itself when somebody comes into view, and ends when nobody has
    been for ``empty_s``; one that an operator began, after ``operator_empty_s``. A session of its
    own in which nobody walked or ran is not kept. Recording stops while less than ``keep_free_mb``
    is left on the disk. Sessions older than ``retention_days`` are deleted by `toeline sessions
    purge`; 0 keeps them for good.

    With ``video`` the pictures are kept, too, and every page says so; else none reaches the disk.
    They are given up first: while less than ``video_spare_mb`` is left beyond ``keep_free_mb``.
    """

    auto: bool = True
    empty_s: float = 60.0
    operator_empty_s: float = 900.0
    keep_free_mb: float = 256.0
    retention_days: float = 0.0
    video: bool = False
    video_spare_mb: float = 768.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All rooms' settings."""

    capture: CaptureSettings = field(default_factory=CaptureSettings)
    pose: PoseSettings = field(default_factory=PoseSettings)
    gait: GaitSettings = field(default_factory=GaitSettings)
    coaching: CoachingSettings = field(default_factory=CoachingSettings)
    serve: ServeSettings = field(default_factory=ServeSettings)
    load: LoadSettings = field(default_factory=LoadSettings)
    record: RecordSettings = field(default_factory=RecordSettings)


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


def load_settings(path: Path | None, overrides: list[str] | None = None) -> Settings:
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
        _put_override(table, override)
    return _checked(_read_rooms(table))


def settings_of(table: dict[str, Any]) -> Settings:
    """Return the settings of a table of rooms, as ``asdict`` makes it; raises as above."""
    return _checked(_read_rooms(table))


def with_overrides(settings: Settings, overrides: list[str]) -> Settings:
    """Return ``settings`` with ``room.key=value`` overrides; raises as above."""
    table = asdict(settings)
    for override in overrides:
        _put_override(table, override)
    return settings_of(table)


def with_gait(settings: Settings, **changes: Any) -> Settings:
    """Return ``settings`` with some of its gait settings replaced and checked again."""
    return _checked(replace(settings, gait=replace(settings.gait, **changes)))


def with_pose(settings: Settings, **changes: Any) -> Settings:
    """Return ``settings`` with some of its pose settings replaced and checked again."""
    return _checked(replace(settings, pose=replace(settings.pose, **changes)))


def with_serve(settings: Settings, **changes: Any) -> Settings:
    """Return ``settings`` with some of its serve settings replaced and checked again."""
    return _checked(replace(settings, serve=replace(settings.serve, **changes)))


def settings_sha256(settings: Settings) -> str:
    """Return the hash that a session stores, so that two results can be told apart by settings."""
    return sha256(dumps(asdict(settings), sort_keys=True).encode()).hexdigest()


def _put_override(table: dict[str, Any], override: str) -> None:
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


def _checked(settings: Settings) -> Settings:
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
