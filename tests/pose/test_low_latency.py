"""What keeps frames from waiting is in force inside, and nothing of it stays."""

import gc
import sys

import cv2
import pytest

from edge.pose.runtime.low_latency import low_latency


def now() -> tuple[float, int, int]:
    return sys.getswitchinterval(), cv2.getNumThreads(), gc.get_freeze_count()


def test_it_holds_inside_and_leaves_everything_as_it_was() -> None:
    before = now()
    with low_latency():
        switch_s, threads, frozen = now()
        assert switch_s == pytest.approx(0.0005)
        assert threads == 1
        # All that was there before is garbage no more; what is made inside may be.
        assert frozen > 1000
    assert now() == before


def test_a_failure_inside_leaves_nothing_either() -> None:
    before = now()
    with pytest.raises(ZeroDivisionError), low_latency():
        raise ZeroDivisionError
    assert now() == before
