"""A sentence for people as a code with parameters, without words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

ParamValue = str | float


@dataclass(frozen=True, slots=True, init=False)
class Coded:
    """A code with parameters; false if empty.

    Attributes
    ----------
    code
        A key of the kind's table of codes; empty for nothing, and for what is known only in words.
    params
        Names and values, sorted by name.
    said
        The words of one without a code, in the language in which they were recorded.
    """

    code: str
    params: tuple[tuple[str, ParamValue], ...]
    said: str

    def __init__(self, code: str = "", **params: ParamValue) -> None:
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "params", tuple(sorted(params.items())))
        object.__setattr__(self, "said", "")

    @classmethod
    def recorded(cls, code: str, params: Mapping[str, ParamValue], said: str) -> Self:
        """Return one from a recording; ``said`` is used only without a code."""
        found = cls(code, **params)
        if not code:
            object.__setattr__(found, "said", said)
        return found

    def __bool__(self) -> bool:
        """Return whether there is anything to say."""
        return bool(self.code or self.said)
