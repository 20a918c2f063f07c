"""Times of day in the station's time zone, with the zone."""

from datetime import datetime, timedelta

from edge.i18n.word_catalogue import Catalogue


def local(iso: str) -> datetime:
    """Return a recorded instant in the time zone of this machine, at that instant's offset.

    Parameters
    ----------
    iso
        ISO 8601 with its offset, as the store has it: ``2026-11-30T15:35:02Z``.
    """
    return datetime.fromisoformat(iso).astimezone()


def local_day(iso: str, words: Catalogue) -> str:
    """Return the day here, as ``30 Nov 2026``."""
    return words.date(local(iso).date().isoformat())


def local_minute(iso: str, words: Catalogue) -> str:
    """Return day, time and zone here, as ``30 Nov 2026, 15:35 (UTC+01:00)``."""
    moment = local(iso)
    return f"{local_day(iso, words)}, {moment:%H:%M} ({_zone(moment)})"


def _zone(moment: datetime) -> str:
    offset = moment.utcoffset() or timedelta()
    # datetime writes +01:00.
    return f"UTC{moment.isoformat()[-6:]}" if offset else "UTC"
