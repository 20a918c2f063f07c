"""The pseudonym of a runner."""

import re
from typing import Final

# Without spaces, nobody is tempted to type a real name.
PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}"
MOST: Final = 32


def is_pseudonym(text: str) -> bool:
    """Return whether a text may name a runner.

    Examples
    --------
    >>> is_pseudonym("R-07"), is_pseudonym(""), is_pseudonym("Anna Muster")
    (True, False, False)
    """
    return re.fullmatch(PATTERN.removeprefix("^"), text) is not None
