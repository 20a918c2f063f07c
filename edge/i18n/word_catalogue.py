"""The words of one language, by key."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Final

from edge.numerics.speed_units import SpeedUnit, pace, speed_in

FOLDER: Final = Path(__file__).parent
DEFAULT: Final = "en"
DASH: Final = "\N{EN DASH}"
MINUS: Final = "\N{MINUS SIGN}"

Words = str | Mapping[str, str]
_PLACEHOLDER: Final = re.compile(r"\{(\w+)(?::(?:(\+?)\.(\d)f|(speed)))?\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The words of one language; build it with `load`.

    ``words`` are sentences by dotted key. A sentence names its values in braces: ``{seen}``, or
    ``{mean:.1f}`` and ``{change:+.1f}`` for a number of fixed decimals, ``{seen:speed}`` for a
    speed in m/s, which is written in ``speed_unit``; in m/s if that is None, as in logs. A plural
    is an object of two sentences, ``one`` and ``other``, of which ``count`` chooses.
    """

    language: str
    words: Mapping[str, Words]
    speed_unit: SpeedUnit | None = None

    def __contains__(self, key: str) -> bool:
        """Whether there are words of this key."""
        return key in self.words

    def text(self, key: str, **params: object) -> str:
        """Return the sentence of a key with its values filled in.

        Parameters
        ----------
        key
            Such as ``reason.strides_too_few``.
        params
            Values by name; those that the sentence does not name are ignored. Numbers take the
            language's decimal sign; NaN and None become a dash.

        Raises
        ------
        KeyError
            If the language has no such key, or the sentence names a value that is not given.

        Examples
        --------
        >>> load("en").text("count.strides", count=1)
        '1 stride'
        >>> load("de").text("count.strides", count=8)
        '8 Schritte'
        """
        if key not in self.words:
            raise KeyError(f"no words for {key!r} in language {self.language!r}")
        words = self.words[key]
        if not isinstance(words, str):
            words = words["one" if params.get("count") == 1 else "other"]

        def fill(found: re.Match[str]) -> str:
            name, sign, decimals, speed = found.groups()
            if name not in params:
                raise KeyError(f"{key!r} in language {self.language!r} needs a value {name!r}")
            if speed and isinstance(mps := params[name], int | float):
                return self.speed(mps)
            digits = None if decimals is None else int(decimals)
            return self._value(params[name], digits, signed=bool(sign))

        return _PLACEHOLDER.sub(fill, words)

    def number(self, value: float, decimals: int | None = None, *, signed: bool = False) -> str:
        """Return a number as this language writes it; NaN is a dash.

        Parameters
        ----------
        value
            Any number.
        decimals
            Digits behind the decimal sign; as many as it takes, at most six in all, if None.
        signed
            Whether a positive number gets a plus sign.

        Examples
        --------
        >>> load("de").number(1234.5, 1), load("en").number(3.25, 1, signed=True)
        ('1234,5', '+3.2')
        """
        if not isfinite(value):
            return DASH
        shape = "g" if decimals is None else f".{decimals}f"
        digits = f"{abs(value):{shape}}"
        sign = "" if float(digits) == 0 else MINUS if value < 0 else "+" if signed else ""
        return sign + digits.replace(".", str(self.words["language.decimal"]))

    def in_unit(self, unit: SpeedUnit) -> "Catalogue":
        """Return the same words with speeds in a unit."""
        return replace(self, speed_unit=unit)

    def speed(self, mps: float) -> str:
        """Return a speed with its unit; a dash if unknown, in front of the unit if there is none.

        Examples
        --------
        >>> words = load("de")
        >>> [words.in_unit(unit).speed(3.0) for unit in SpeedUnit], words.speed(3.0)
        (['10,8 km/h', '6,7 mph', '5:33 min/km'], '3,0 m/s')
        """
        if not isfinite(mps):
            return DASH
        unit = self.speed_unit
        if unit is not SpeedUnit.PACE:
            number = mps if unit is None else speed_in(mps, unit)
            return f"{self.number(number, 1)} {unit or 'm/s'}"
        if not mps > 0:
            return f"{DASH} {unit}"
        minutes, seconds = pace(mps)
        return f"{minutes}:{seconds:02} {unit}"

    def date(self, iso: str) -> str:
        """Return the day of an ISO 8601 time as this language writes it.

        Examples
        --------
        >>> load("en").date("2026-11-30T10:00:00Z"), load("de").date("2026-11-30")
        ('30 Nov 2026', '30. Nov. 2026')
        """
        year, month, day = (int(part) for part in iso[:10].split("-"))
        name = self.text("language.months").split()[month - 1]
        return self.text("language.date", day=day, month=name, year=str(year))

    def _value(self, value: object, decimals: int | None, *, signed: bool) -> str:
        if value is None:
            return DASH
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self.number(value, decimals, signed=signed)
        return str(value)


def languages() -> tuple[str, ...]:
    """Return the languages there are, the station's own first."""
    found = sorted(path.stem for path in FOLDER.glob("*.json"))
    return (DEFAULT, *(name for name in found if name != DEFAULT))


def load(language: str) -> Catalogue:
    """Return the words of a language; each file is read once.

    Parameters
    ----------
    language
        One of `languages`, such as ``de``.

    Raises
    ------
    KeyError
        If there is no such language.
    """
    return _read(FOLDER, language)


@cache
def _read(folder: Path, language: str) -> Catalogue:
    path = folder / f"{language}.json"
    if not re.fullmatch(r"[a-z]{2,3}", language) or not path.is_file():
        raise KeyError(f"no language {language!r}; there are {', '.join(languages())}")
    return Catalogue(language=language, words=json.loads(path.read_text(encoding="utf-8")))
