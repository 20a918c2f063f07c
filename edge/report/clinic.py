"""The clinic as the head of a sheet or letter: name, logo, time zone, units and advice."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from edge.i18n.word_catalogue import Catalogue
from edge.messages.errors import ReportError
from edge.numerics.speed_units import SpeedUnit
from edge.report.advice import Advice, advice_of
from edge.settings.clinic_settings import ClinicSettings

_TYPES: Final = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
# A logo of this size prints sharply on any paper; a photograph would swell every sheet.
_MOST_LOGO_BYTES: Final = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinic:
    """A clinic in one language; what it did not set is empty.

    ``logo`` is a data address; ``zone`` is None for the time zone of this machine.
    """

    name: str
    address: str
    logo: str
    zone: tzinfo | None
    speed_unit: SpeedUnit
    advice: Advice


def clinic_of(settings: ClinicSettings, words: Catalogue) -> Clinic:
    """Return the clinic with its files read.

    Raises
    ------
    ReportError
        If the logo or the file of exercises cannot be used, in one sentence.
    """
    return Clinic(
        name=settings.name,
        address=settings.address,
        logo=_logo(Path(settings.logo)) if settings.logo else "",
        zone=ZoneInfo(settings.time_zone) if settings.time_zone else None,
        speed_unit=SpeedUnit(settings.speed_unit),
        advice=advice_of(words, Path(settings.exercises) if settings.exercises else None),
    )


def _logo(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ReportError(f"cannot read the logo {path}: {error.strerror}") from error
    if len(content) > _MOST_LOGO_BYTES:
        raise ReportError(f"the logo {path} is larger than {_MOST_LOGO_BYTES // 1_000_000} MB")
    kind = next((kind for magic, kind in _TYPES.items() if content.startswith(magic)), None)
    if kind is None:
        raise ReportError(f"the logo {path} is neither PNG nor JPEG")
    return f"data:{kind};base64,{b64encode(content).decode('ascii')}"
