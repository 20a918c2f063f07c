"""Checks across settings that are each valid alone but may contradict each other."""

from collections.abc import Iterator
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from edge.messages.errors import SettingsError
from edge.settings.clinic_settings import ClinicSettings
from edge.settings.coaching_settings import (
    LIMIT_SPEED_ZERO_MPS,
    LIMIT_SPEEDS_MPS,
    CoachingSettings,
)
from edge.settings.feedback_schedule import schedule_of
from edge.settings.pose_settings import CARD_SUFFIX, SIZES, PoseSettings
from edge.settings.settings import Settings

_LOWEST_DEG, _HIGHEST_DEG = 0.0, 90.0


class Mistake(NamedTuple):
    """A mistake in the settings: the full names concerned, and one sentence."""

    names: tuple[str, ...]
    sentence: str


# Amber, red, and the margin for leaving a state: red must be worse, here larger.
_PAIRS: Final = (
    ("knee_toe_amber_pct", "knee_toe_red_pct", "knee_toe_inside_pct"),
    ("shank_amber_deg", "shank_red_deg", "angle_inside_deg"),
    ("hip_ankle_amber_pct", "hip_ankle_red_pct", "hip_ankle_inside_pct"),
)
# Distance of red beyond amber, and the margin.
_DISTANCES: Final = (
    ("push_off_red_above_deg", "angle_inside_deg"),
    ("thigh_red_below_deg", "angle_inside_deg"),
    ("plantarflexion_red_below_deg", "angle_inside_deg"),
)
# Limits that scale with belt speed: amber, slope, distance of red, and side of red.
_SCALED: Final = (
    ("push_off_amber_deg", "push_off_slope_deg", "push_off_red_above_deg", 1),
    ("thigh_amber_deg", "thigh_slope_deg", "thigh_red_below_deg", -1),
    (
        "plantarflexion_amber_deg",
        "plantarflexion_slope_deg",
        "plantarflexion_red_below_deg",
        -1,
    ),
)


def mistakes_across(settings: Settings) -> list[Mistake]:
    """Return the mistakes across settings that are each within range.

    Examples
    --------
    >>> from edge.settings.coaching_settings import CoachingSettings
    >>> coaching = CoachingSettings(shank_red_deg=28.0)
    >>> [mistake.sentence for mistake in mistakes_across(Settings(coaching=coaching))]
    ['setting coaching.shank_red_deg must be above coaching.shank_amber_deg (30), got 28']
    """
    coaching = settings.coaching
    return [
        *_model(settings.pose),
        *_counts(coaching),
        *_red_beyond_amber(coaching),
        *_margins(coaching),
        *_scaled_limits(coaching),
        *_cadences(coaching),
        *_schedule(coaching),
        *_time_zone(settings.clinic),
    ]


def _model(pose: PoseSettings) -> Iterator[Mistake]:
    if pose.model not in SIZES and not pose.model.endswith(CARD_SUFFIX):
        yield Mistake(
            ("pose.model",),
            f"setting pose.model must be {', '.join(SIZES)} or a model card ({CARD_SUFFIX}), "
            f"got {pose.model!r}",
        )


def _counts(coaching: CoachingSettings) -> Iterator[Mistake]:
    keys = ("min_valid_strides", "window_strides", "recent_strides")
    counts = [getattr(coaching, key) for key in keys]
    if counts != sorted(counts):
        yield _across(
            keys,
            "settings coaching.min_valid_strides, window_strides and recent_strides must rise in "
            f"this order, got {', '.join(map(str, counts))}",
        )


def _red_beyond_amber(coaching: CoachingSettings) -> Iterator[Mistake]:
    for amber, red, _ in _PAIRS:
        limits = getattr(coaching, amber), getattr(coaching, red)
        if not limits[0] < limits[1]:
            yield _across(
                (red, amber),
                f"setting coaching.{red} must be above coaching.{amber} ({limits[0]:g}), "
                f"got {limits[1]:g}",
            )


def _margins(coaching: CoachingSettings) -> Iterator[Mistake]:
    for amber, red, inside in _PAIRS:
        band = getattr(coaching, red) - getattr(coaching, amber)
        # Red at or within amber is reported separately.
        if 0 < band <= getattr(coaching, inside):
            yield _across(
                (inside, amber, red),
                f"setting coaching.{inside} must be below the {band:g} between coaching.{amber} "
                f"and {red}, got {getattr(coaching, inside):g}",
            )
    for distance, inside in _DISTANCES:
        if getattr(coaching, distance) <= getattr(coaching, inside):
            yield _across(
                (distance, inside),
                f"setting coaching.{distance} must be above coaching.{inside} "
                f"({getattr(coaching, inside):g}), got {getattr(coaching, distance):g}",
            )


def _scaled_limits(coaching: CoachingSettings) -> Iterator[Mistake]:
    for amber, slope, distance, side in _SCALED:
        for speed_mps in LIMIT_SPEEDS_MPS:
            limit = getattr(coaching, amber)
            limit += getattr(coaching, slope) * (speed_mps - LIMIT_SPEED_ZERO_MPS)
            red = limit + side * getattr(coaching, distance)
            wrong = [v for v in (limit, red) if not _LOWEST_DEG <= v <= _HIGHEST_DEG]
            if wrong:
                yield _across(
                    (amber, slope, distance),
                    f"settings coaching.{amber}, {slope} and {distance} give a limit of "
                    f"{wrong[0]:g} degrees at {speed_mps:g} m/s; it must be "
                    f"{_LOWEST_DEG:g} to {_HIGHEST_DEG:g}",
                )
                break


def _cadences(coaching: CoachingSettings) -> Iterator[Mistake]:
    low, high = coaching.cadence_low_spm, coaching.cadence_high_spm
    if low > high:
        yield _across(
            ("cadence_high_spm", "cadence_low_spm"),
            f"setting coaching.cadence_high_spm must not be below coaching.cadence_low_spm "
            f"({low:g}), got {high:g}",
        )


def _schedule(coaching: CoachingSettings) -> Iterator[Mistake]:
    try:
        schedule_of(coaching.feedback_by_visit)
    except SettingsError as error:
        yield _across(("feedback_by_visit",), f"setting coaching.feedback_by_visit {error}")


def _time_zone(clinic: ClinicSettings) -> Iterator[Mistake]:
    try:
        ZoneInfo(clinic.time_zone or "UTC")
    # A name with a null byte or of a folder is no time zone, either.
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Mistake(
            ("clinic.time_zone",),
            "setting clinic.time_zone must be the name of a time zone, such as Europe/Berlin, "
            f"got {clinic.time_zone!r}",
        )


def _across(keys: tuple[str, ...], sentence: str) -> Mistake:
    return Mistake(tuple(f"coaching.{key}" for key in keys), sentence)
