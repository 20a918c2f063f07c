import errno

import cv2
import numpy as np
import pytest

from edge.cli.out_of_memory import is_out_of_memory

BEYOND_ANY = 1 << 60


def raised_by_numpy() -> None:
    np.empty(BEYOND_ANY, np.uint8)


def raised_by_the_system() -> None:
    raise OSError(errno.ENOMEM, "Cannot allocate memory")


def raised_by_opencv() -> None:
    # Its own words: no size that it takes is one that every machine refuses.
    raise cv2.error(
        "OpenCV(5.0.0) alloc.cpp:73: error: (-4:Insufficient memory) Failed to allocate 2073600"
        " bytes in function 'OutOfMemoryError'"
    )


def raised_by_the_network() -> None:
    raise RuntimeError(
        "[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : bfc_arena.cc:358 Failed to allocate memory"
        " for requested buffer of size 2097152"
    )


def raised_on_opening_a_model() -> None:
    raise RuntimeError("Load model from pose_landmark_full.onnx failed:std::bad_alloc")


def raised_for_a_thread() -> None:
    raise RuntimeError("can't start new thread")


def raised_by_the_loader() -> None:
    raise ImportError("libavcodec.so.62: failed to map segment from shared object")


def raised_from_another() -> None:
    try:
        raised_by_numpy()
    except MemoryError as error:
        raise ValueError("no picture") from error


def raised_on_the_way() -> None:
    try:
        raised_by_numpy()
    except MemoryError:
        raise ValueError("no picture")  # noqa: B904 - what a library does


@pytest.mark.parametrize(
    "raising",
    [
        raised_by_numpy,
        raised_by_the_system,
        raised_by_opencv,
        raised_by_the_network,
        raised_on_opening_a_model,
        raised_for_a_thread,
        raised_by_the_loader,
        raised_from_another,
        raised_on_the_way,
    ],
)
def test_every_library_is_understood(raising: object) -> None:
    assert callable(raising)
    with pytest.raises(Exception) as caught:  # noqa: PT011 - of many types
        raising()
    assert is_out_of_memory(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("no runner in the picture"),
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EMFILE, "Too many open files"),
        ImportError("No module named 'edge.memory_card'"),
        RuntimeError(),
        KeyboardInterrupt(),
    ],
)
def test_anything_else_is_not_taken_for_it(error: BaseException) -> None:
    assert not is_out_of_memory(error)
