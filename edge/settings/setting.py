"""Declaration of a setting: unit, range or choices, source of its default, and meaning."""

from dataclasses import Field, dataclass, field
from math import isfinite
from typing import Any, Final, TypeVar, cast

CHOICE: Final = "choice"
"""The source of a default without direct evidence."""

DIMENSIONLESS: Final = "1"
"""The unit of a plain number, such as a share."""

Number = TypeVar("Number", int, float)
T = TypeVar("T")
_SPEC: Final = "setting"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingSpec:
    """Allowed values of one setting, and the source of its default.

    Attributes
    ----------
    meaning
        One sentence.
    source
        ``choice``, or a heading such as ``docs/gait-metrics.md, "Limits"``.
    unit
        Such as ``m/s``, or ``1`` for a number without one; empty for words and switches.
    low, high
        The ends of the range of a number, both included; None for words and switches.
    choices
        The allowed words; empty for numbers and free text.
    form
        Format of a free text, such as ``host name``; empty for all others.
    """

    meaning: str
    source: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    form: str = ""

    @property
    def range_words(self) -> str:
        """Allowed values, in words: ``0 to 12``, ``auto, left, right`` or ``host name``."""
        if self.low is not None and self.high is not None:
            return f"{self.low:.10g} to {self.high:.10g}"
        return ", ".join(self.choices) or self.form

    @property
    def unit_words(self) -> str:
        """Unit to put after a number, such as `` m/s``; empty if there is none."""
        return f" {self.unit}" if self.unit not in ("", DIMENSIONLESS) else ""


def number(
    default: Number, unit: str, limits: tuple[float, float], source: str, meaning: str
) -> Number:
    """Declare a number with its unit and the ends of its range."""
    low, high = limits
    spec = SettingSpec(meaning=meaning, source=source, unit=unit, low=low, high=high)
    return _declared(default, spec)


def word(default: str, choices: tuple[str, ...], source: str, meaning: str) -> str:
    """Declare a word from ``choices``."""
    return _declared(default, SettingSpec(meaning=meaning, source=source, choices=choices))


def text(default: str, form: str, source: str, meaning: str) -> str:
    """Declare a free text; ``form`` describes its format."""
    return _declared(default, SettingSpec(meaning=meaning, source=source, form=form))


def switch(default: bool, source: str, meaning: str) -> bool:
    """Declare an on/off switch."""
    spec = SettingSpec(meaning=meaning, source=source, choices=("true", "false"))
    return _declared(default, spec)


def spec_of(declared: "Field[Any]") -> SettingSpec:
    """Return the declaration of a field; raises KeyError if it has none."""
    spec = declared.metadata[_SPEC]
    assert isinstance(spec, SettingSpec)
    return spec


def mistake(name: str, value: Any, wanted: type, spec: SettingSpec) -> str:
    """Return one sentence on why a value is invalid; empty if it is valid.

    Parameters
    ----------
    name
        ``room.key``.
    value
        As read from TOML; an integer is accepted for a float.
    wanted
        ``int``, ``float``, ``str`` or ``bool``.
    spec
        The setting's declaration.

    Examples
    --------
    >>> percent = SettingSpec(meaning="", source=CHOICE, unit="%", low=0, high=100)
    >>> mistake("room.key", 101, float, percent)
    'setting room.key must be 0 to 100 %, got 101'
    """
    number_ok = wanted is float and type(value) is int
    if not number_ok and type(value) is not wanted:
        return f"setting {name} must be {wanted.__name__}, got {value!r}"
    if isinstance(value, float) and not isfinite(value):
        return f"setting {name} must be a finite number, got {value!r}"
    if spec.low is not None and spec.high is not None and not spec.low <= value <= spec.high:
        return f"setting {name} must be {spec.range_words}{spec.unit_words}, got {value:g}"
    if wanted is str and spec.choices and value not in spec.choices:
        return f"setting {name} must be one of {spec.range_words}, got {value!r}"
    return ""


def _declared(default: T, spec: SettingSpec) -> T:
    # dataclasses read the default from the field; the type checker sees a plain default.
    declared: Any = field(default=default, metadata={_SPEC: spec})
    return cast(T, declared)
