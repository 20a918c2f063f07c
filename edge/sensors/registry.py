"""The register of all kinds of sensor, and the one that a setting names."""

from importlib import import_module
from pkgutil import iter_modules

from edge.messages.errors import SensorError
from edge.sensors import devices
from edge.sensors.port import Sensor, SensorKind


def sensor_kinds() -> list[SensorKind]:
    """Return every kind of sensor; a module in ``edge/sensors/devices`` is all that one needs."""
    names = sorted(module.name for module in iter_modules(devices.__path__))
    return [import_module(f"{devices.__name__}.{name}").KIND for name in names]


def open_sensor(text: str) -> Sensor | None:
    """Return the sensor that a setting names, not started; None for ``off``.

    Raises
    ------
    SensorError
        If there is no such kind, or what follows the colon is of no use.
    """
    scheme, _, rest = text.strip().partition(":")
    for kind in sensor_kinds():
        if kind.scheme == scheme:
            return kind.open(rest.strip())
    forms = ", ".join(kind.form for kind in sensor_kinds())
    raise SensorError(f"sensor {text!r} is not known; there are: {forms}")
