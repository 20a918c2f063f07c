"""How recording can fail; the text of each error is one sentence for the user."""

from pathlib import Path


class RecordError(RuntimeError):
    """A result could not be written; what was written before stays valid."""


def record_error(path: Path, error: OSError) -> RecordError:
    """Return the sentence for an operating-system error.

    Examples
    --------
    >>> str(record_error(Path("out"), OSError(28, "No space left on device")))
    'cannot record to out: No space left on device'
    """
    return RecordError(f"cannot record to {path}: {error.strerror or error}")
