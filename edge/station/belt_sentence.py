"""What contradicts in belt speed, as the health line says it."""

from edge.i18n.word_catalogue import DEFAULT, load
from edge.messages.reading import BeltInForce


def belt_sentence(belt: BeltInForce) -> str:
    """Return one English sentence; empty while no two sources contradict each other.

    Examples
    --------
    >>> belt_sentence(BeltInForce(time_s=0.0))
    ''
    """
    if not belt.notice:
        return ""
    return load(DEFAULT).text(
        f"belt.{belt.notice}",
        unit=belt.likely_unit,
        entered=belt.entered_mps,
        treadmill=belt.treadmill_mps,
        seen=belt.seen_mps,
    )
