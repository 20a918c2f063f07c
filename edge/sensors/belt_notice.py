"""The health notice about contradicting belt speeds."""

from edge.messages.coded import ParamValue
from edge.messages.notice import NOTICE_CODES, Notice
from edge.messages.reading import BeltInForce


def belt_notice(belt: BeltInForce) -> Notice:
    """Return the notice; empty while the sources agree.

    Examples
    --------
    >>> bool(belt_notice(BeltInForce(time_s=0.0)))
    False
    """
    if not belt.notice:
        return Notice()
    known: dict[str, ParamValue] = {
        "unit": belt.likely_unit,
        "entered": belt.entered_mps,
        "treadmill": belt.treadmill_mps,
        "seen": belt.seen_mps,
    }
    return Notice(belt.notice.value, **{name: known[name] for name in NOTICE_CODES[belt.notice]})
