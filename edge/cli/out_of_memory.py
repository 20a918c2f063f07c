"""Recognise out-of-memory errors, which each library words differently."""

from collections.abc import Iterator
from typing import Final

NO_MEMORY: Final = (
    "not enough memory: close other programs, or use the smaller model (--model lite)"
)

# Python's threads, the dynamic loader and the C library, OpenCV, ONNX Runtime, C++.
_WORDS: Final = (
    "can't start new thread",
    "failed to map segment",
    "cannot allocate memory",
    "insufficient memory",
    "failed to allocate memory",
    "bad_alloc",
)


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an error, or one of its causes, means that memory ran out.

    Parameters
    ----------
    error
        Any; a ``MemoryError`` is recognised by its type, the others by their text.
    """
    return any(isinstance(one, MemoryError) or _says_so(one) for one in _chain(error))


def _says_so(error: BaseException) -> bool:
    said = str(error).lower()
    return any(words in said for words in _WORDS)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
