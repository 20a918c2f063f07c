"""Times of day in a time zone, that of the station if no other is given, with the zone."""

from datetime import datetime, timedelta, tzinfo

from edge.i18n.word_catalogue import Catalogue


def local(iso: str, zone: tzinfo | None = None) -> datetime:
    """Return a recorded instant in a time zone, at that instant's offset.

    Parameters
    ----------
    iso
        ISO 8601 with its offset, as the store has it: ``2026-11-30T15:35:02Z``.
    zone
        That of this machine if None.
    """
    return datetime.fromisoformat(iso).astimezone(zone)


def local_day(iso: str, words: Catalogue, zone: tzinfo | None = None) -> str:
    """Return the day there, as ``30 Nov 2026``."""
    return words.date(local(iso, zone).date().isoformat())


def local_minute(iso: str, words: Catalogue, zone: tzinfo | None = None) -> str:
    """Return day, time and zone there, as ``30 Nov 2026, 15:35 (UTC+01:00)``."""
    moment = local(iso, zone)
    return f"{local_day(iso, words, zone)}, {moment:%H:%M} ({_zone(moment)})"


def _zone(moment: datetime) -> str:
    offset = moment.utcoffset() or timedelta()
    # datetime writes +01:00.
    return f"UTC{moment.isoformat()[-6:]}" if offset else "UTC"
