"""Checksum verification."""

import hashlib

from edge.messages.errors import WeightsError

SHOWN_DIGITS = 12


def require_sha256(content: bytes, expected: str, what: str) -> None:
    """Raise an error unless content has the expected checksum.

    Parameters
    ----------
    content
        The whole file.
    expected
        Hexadecimal sha256.
    what
        Name of the file in the error sentence.

    Raises
    ------
    WeightsError
        If the checksums differ; gives the first digits of both.
    """
    actual = hashlib.sha256(content).hexdigest()
    if actual != expected:
        raise WeightsError(
            f"{what} has the wrong checksum: expected sha256 {expected[:SHOWN_DIGITS]}…, "
            f"found {actual[:SHOWN_DIGITS]}…"
        )
