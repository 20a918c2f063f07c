"""The first message to every client: how to read and draw all others."""

import msgspec

from edge.numerics.speed_units import SpeedUnit
from edge.serve.wire.wire_types import ToClient


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """The range of one fault's bar; its limits come with ``bands``."""

    low: float
    high: float
    unit: str


class SidePoints(msgspec.Struct, frozen=True, kw_only=True):
    """Keypoint indices of one side of the body; null where the pose model lacks the point."""

    shoulder: int | None
    hip: int | None
    knee: int | None
    ankle: int | None
    heel: int | None
    toe: int | None


class MetricFacts(msgspec.Struct, frozen=True, kw_only=True):
    """How to show one metric; ``name`` is its field in a stride.

    ``unit`` and ``positive`` (what a positive value means) are in English; ``words`` is the
    translation key of the metric's label, unit and explanation.
    """

    name: str
    unit: str
    decimals: int
    signed: bool
    positive: str
    words: str


class Hello(ToClient, frozen=True, kw_only=True, tag="hello"):
    """The first message: how to read and draw all others.

    ``keypoints`` names the points of ``skeleton``, in the order of every ``xy_px``; ``bones`` are
    index pairs to draw; ``left`` and ``right`` are the points that are measured. ``provider`` is
    the execution provider of the pose model: the CPU or an accelerator. ``speed_unit`` is the unit
    of belt speed for people, ``km/h``, ``mph`` or ``min/km``; all speeds here are in m/s. ``cues``
    are the kinds that ``give_cue`` takes; ``cue.KIND.short`` is the translation key of each.
    """

    protocol: int
    toeline: str
    skeleton: str
    keypoints: tuple[str, ...]
    bones: tuple[tuple[int, int], ...]
    left: SidePoints
    right: SidePoints
    knees_forward: Bar
    bent_push_off: Bar
    late_ms: float
    provider: str
    metrics: tuple[MetricFacts, ...]
    speed_unit: SpeedUnit
    cues: tuple[str, ...]
