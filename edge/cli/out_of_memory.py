"""Know an error that says that no memory is left, whichever library says it in its own words."""

from collections.abc import Iterator
from typing import Final

NO_MEMORY: Final = (
    "there is not enough memory: close other programs, or take the smaller model (--model lite)"
)

# Python's thread, the loader of shared objects and the C library, OpenCV, ONNX Runtime, C++.
_WORDS: Final = (
    "can't start new thread",
    "failed to map segment",
    "cannot allocate memory",
    "insufficient memory",
    "failed to allocate memory",
    "bad_alloc",
)


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an error, or one that it came from, says that no memory is left.

    Parameters
    ----------
    error
        Any; only a ``MemoryError`` has a type of its own, the others are known by their words.
    """
    return any(isinstance(one, MemoryError) or _says_so(one) for one in _chain(error))


def _says_so(error: BaseException) -> bool:
    said = str(error).lower()
    return any(words in said for words in _WORDS)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
