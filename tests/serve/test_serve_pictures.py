from dataclasses import replace

import cv2
import numpy as np
import pytest
from feed import plain_frame

from edge.messages.frame import Frame
from edge.serve.live.pictures import OWN_JPEG_BYTES, PictureRing, jpeg_bytes, own_jpeg, shrink


def test_a_picture_is_kept_for_its_time() -> None:
    ring = PictureRing(keep_s=1.5)
    for index in range(200):
        ring.add(plain_frame(index))
    assert ring.get(199) is not None
    assert ring.get(199 - 72) is not None  # 1.2 s back at 60 fps
    assert ring.get(199 - 95) is None


@pytest.mark.parametrize("fps", [10.0, 60.0, 500.0])
def test_the_ring_is_bounded_in_count(fps: float) -> None:
    ring = PictureRing(keep_count=20)
    for index in range(300):
        ring.add(plain_frame(index, fps=fps))
    assert len(ring) <= 20


def test_the_ring_is_bounded_in_bytes_and_counts_them() -> None:
    ring = PictureRing(keep_bytes=100_000)
    for index in range(50):
        ring.add(plain_frame(index))
        assert ring.nbytes <= 100_000
    assert ring.nbytes == len(ring) * 64 * 48 * 3


def test_a_picture_larger_than_the_ring_is_not_kept() -> None:
    ring = PictureRing(keep_bytes=100)
    ring.add(plain_frame(0))
    assert len(ring) == 0
    assert ring.nbytes == 0


def test_a_smaller_copy_takes_the_place_and_remembers_the_size() -> None:
    ring = PictureRing()
    ring.add(plain_frame(0))
    ring.replace(0, np.zeros((12, 16, 3), np.uint8))
    ring.replace(1, np.zeros((12, 16, 3), np.uint8))
    kept = ring.get(0)
    assert kept is not None
    assert kept.size_px == (64, 48)
    assert kept.image.shape == (12, 16, 3)
    assert ring.nbytes == 12 * 16 * 3


def test_a_frame_number_used_again_is_counted_once() -> None:
    ring = PictureRing()
    ring.add(plain_frame(0))
    ring.add(plain_frame(0))
    assert ring.nbytes == 64 * 48 * 3


@pytest.mark.parametrize(
    ("shape", "height", "expected"),
    [
        ((1080, 1920), 540, (540, 960)),
        ((480, 640), 540, (480, 640)),
        ((2000, 3), 120, (120, 1)),
    ],
)
def test_shrink_keeps_the_shape(
    shape: tuple[int, int], height: int, expected: tuple[int, int]
) -> None:
    image = np.zeros((*shape, 3), np.uint8)
    small = shrink(image, height)
    assert small.shape == (*expected, 3)
    assert (small is image) == (shape == expected)


def test_jpeg_can_be_read_back() -> None:
    frame: Frame = plain_frame(100)
    back = cv2.imdecode(np.frombuffer(jpeg_bytes(frame.image, 80), np.uint8), cv2.IMREAD_COLOR)
    assert back is not None
    assert np.abs(back.astype(int) - 100).max() <= 2


def test_the_cameras_own_jpeg_is_kept_in_place_of_the_pixels() -> None:
    ring = PictureRing()
    ring.add(replace(plain_frame(0), jpeg=b"own"))
    kept = ring.get(0)
    assert kept is not None
    assert (kept.jpeg, kept.image.size, kept.size_px) == (b"own", 0, (64, 48))
    assert ring.nbytes == 3
    # There is nothing to be replaced by a smaller one.
    ring.replace(0, np.zeros((12, 16, 3), np.uint8))
    assert ring.nbytes == 3
    ring.add(plain_frame(0))
    assert ring.nbytes == 64 * 48 * 3


def test_a_jpeg_too_big_to_be_shown_is_not_kept() -> None:
    assert own_jpeg(plain_frame(0)) is None
    assert own_jpeg(replace(plain_frame(0), jpeg=b"x" * OWN_JPEG_BYTES)) is not None
    big = replace(plain_frame(0), jpeg=b"x" * (OWN_JPEG_BYTES + 1))
    assert own_jpeg(big) is None
    ring = PictureRing()
    ring.add(big)
    assert ring.nbytes == 64 * 48 * 3
