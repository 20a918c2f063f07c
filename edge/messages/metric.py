"""The metrics that code uses by name, and the values of one stride."""

from collections.abc import Iterator, Mapping
from enum import StrEnum


class Metric(StrEnum):
    """Metrics that verdicts, cues, the report or the summary use by name.

    All metrics are in ``edge/metrics/catalogue.py``; a new one needs a name here only if code
    outside the metrics room uses it.
    """

    KNEE_TOE = "knee_toe_offset_pct"
    SHANK = "shank_angle_deg"
    HIP_ANKLE = "hip_ankle_offset_pct"
    PEAK_FLEXION = "knee_flexion_peak_deg"
    PUSH_OFF = "knee_flexion_push_off_deg"
    THIGH = "thigh_extension_deg"
    PLANTARFLEXION = "plantarflexion_deg"
    GROUND_CONTACT = "ground_contact_ms"
    STRIDE_TIME = "stride_time_ms"
    CADENCE = "cadence_spm"
    STRAIGHTNESS = "line_straightness_pct"
    OVERSTRIDE = "overstride_pct"
    TRUNK = "trunk_lean_deg"


class MetricValues(Mapping[str, float]):
    """Metrics of one stride by name, read-only.

    Examples
    --------
    >>> MetricValues({"cadence_spm": 168.0})[Metric.CADENCE]
    168.0
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, float] | None = None) -> None:
        # Plain strings, so that members of ``Metric`` do not end up in output.
        self._values = {str(name): value for name, value in (values or {}).items()}

    def __getitem__(self, name: str) -> float:
        """Return one value."""
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(self._values)

    def __len__(self) -> int:
        """Return the number of metrics."""
        return len(self._values)

    def __repr__(self) -> str:
        """Return the representation of the values as a dict."""
        return repr(self._values)
