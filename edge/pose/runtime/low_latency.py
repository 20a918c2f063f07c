"""Interpreter and library settings that keep frames from being delayed."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import cv2

# With the interpreter's default of 5 ms, one thread may block another for a third of a frame.
_SWITCH_S = 0.0005


@contextmanager
def low_latency() -> Iterator[None]:
    """Switch threads quickly, and turn off costly garbage scans and OpenCV threads.

    Modules imported by now stay loaded, and scanning them for garbage takes two frames. A crop is
    finished before OpenCV's second thread wakes up: using it makes a frame no faster and costs a
    twelfth more CPU time (measured on two cores).
    """
    before_s, before_threads = sys.getswitchinterval(), cv2.getNumThreads()
    sys.setswitchinterval(_SWITCH_S)
    cv2.setNumThreads(1)
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        cv2.setNumThreads(before_threads)
        sys.setswitchinterval(before_s)
