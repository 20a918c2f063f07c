"""Settings of sensors other than the camera."""

from dataclasses import dataclass

from edge.settings.setting import CHOICE, text


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorSettings:
    """Sensors, each named by its scheme.

    A log (``csv:PATH``) has the columns ``time_s,speed_mps,incline_pct``; its times count from the
    first frame.
    """

    treadmill: str = text(
        "off",
        "off, or a sensor such as csv:PATH",
        CHOICE,
        "Sensor that reads belt speed and incline.",
    )
