"""Keep interpreter and libraries from holding up a frame."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import cv2

# The interpreter's own 5 ms are a third of a frame: as long may one thread keep another waiting.
_SWITCH_S = 0.0005


@contextmanager
def low_latency() -> Iterator[None]:
    """Let threads take turns quickly, and leave alone what costs more than it brings.

    What has been imported by now stays for good, and looking through it for garbage takes two
    frames. And a crop is done before OpenCV's second thread has woken up: with it, a frame takes as
    long and a twelfth more of the processor (measured on two cores).
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
