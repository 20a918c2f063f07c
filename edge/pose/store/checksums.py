"""Compare content with the checksum it should have."""

import hashlib

from edge.messages.errors import WeightsError

SHOWN_DIGITS = 12


def require_sha256(content: bytes, expected: str, what: str) -> None:
    """Raise unless content has the expected checksum.

    Parameters
    ----------
    content
        The whole file.
    expected
        Hexadecimal sha256.
    what
        How the sentence calls the file.

    Raises
    ------
    WeightsError
        Gives the first digits of both checksums.
    """
    actual = hashlib.sha256(content).hexdigest()
    if actual != expected:
        raise WeightsError(
            f"{what} has the wrong checksum: expected sha256 {expected[:SHOWN_DIGITS]}…, "
            f"found {actual[:SHOWN_DIGITS]}…"
        )
