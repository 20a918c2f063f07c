"""What is shown: how often, how large, and from whose pixels."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from math import inf
from threading import current_thread
from typing import Any, TypeVar

import cv2
import numpy as np
import pytest
from feed import plain_frame
from skeletons import BLAZEPOSE33

from edge.messages.arrays import Image
from edge.messages.frame import Frame
from edge.messages.gait import EventKind
from edge.messages.side import Side
from edge.messages.stride import KeyPose
from edge.numerics.timing import StageTimes
from edge.serve.live import preview as preview_module
from edge.serve.live.history import Still
from edge.serve.live.picture_gate import PictureGate
from edge.serve.live.pictures import OWN_JPEG_BYTES, Picture, jpeg_bytes
from edge.serve.live.preview import Preview, Shot
from edge.serve.wire import binary
from edge.serve.wire.encode import hello_for
from edge.settings.serve_settings import ServeSettings
from edge.settings.settings import Settings

T = TypeVar("T")


def shot(frame: Frame) -> Shot:
    return Shot(frame=frame, pose=None, state=None)


def tall_frame(index: int = 0) -> Frame:
    return plain_frame(index, size=(1920, 1080))


def camera_frame(jpeg: bytes, index: int = 0) -> Frame:
    """Return a frame that a camera gave as JPEG, decoded at half scale."""
    return replace(plain_frame(index, size=(960, 540)), jpeg=jpeg)


HELLO = hello_for(Settings(), "0.1.0", skeleton=BLAZEPOSE33)


class Smaller(PictureGate):
    """A gate that remembers which pictures were replaced by smaller ones."""

    def __init__(self) -> None:
        super().__init__()
        self.images: dict[int, Image] = {}

    def replace(self, index: int, image: Image) -> None:
        self.images[index] = image


class Kept:
    """A preview that keeps what it makes smaller."""

    def __init__(self, **settings: Any) -> None:
        gate = Smaller()
        self.smaller = gate.images
        self.times = StageTimes()
        self.preview = Preview(ServeSettings(**settings), gate, self.times, HELLO)

    def run(self, make: Callable[[Preview], Coroutine[Any, Any, T]]) -> T:
        async def main() -> T:
            with self.preview.running():
                return await make(self.preview)

        return asyncio.run(main())

    def packet(self, frame: Frame) -> tuple[binary.FrameHeader, bytes]:
        packet = self.run(lambda preview: preview.of_frame(1, shot(frame)))
        header, jpeg = binary.unpack(packet)
        assert isinstance(header, binary.FrameHeader)
        return header, jpeg

    def shown(self, frame: Frame) -> tuple[int, int]:
        """Return width and height of what is shown."""
        made = self.packet(frame)
        picture = cv2.imdecode(np.frombuffer(made[1], np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        height, width = picture.shape[:2]
        return width, height


def test_a_tall_picture_is_shown_small_and_kept_small() -> None:
    kept = Kept()
    assert kept.shown(tall_frame(3)) == (960, 540)
    assert {index: image.shape for index, image in kept.smaller.items()} == {3: (540, 960, 3)}


def test_encoding_is_timed_and_happens_in_its_own_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[str] = []

    def encode(image: Image, quality: int) -> bytes:
        threads.append(current_thread().name)
        return jpeg_bytes(image, quality)

    monkeypatch.setattr(preview_module, "jpeg_bytes", encode)
    kept = Kept()
    kept.shown(plain_frame(0))
    assert [(t.stage, t.count) for t in kept.times.summaries()] == [("encode", 1)]
    assert threads == ["preview_0"]


def test_the_cameras_own_jpeg_is_shown_as_it_is() -> None:
    kept, jpeg = Kept(), b"\xff\xd8 the camera's own"
    made = kept.packet(camera_frame(jpeg))
    header, shown = made
    assert shown == jpeg
    # Keypoints are in the pixels of the decoded picture.
    assert header.size_px == (960, 540)
    assert kept.smaller == {}


def test_a_jpeg_that_is_too_big_is_not() -> None:
    assert Kept().shown(camera_frame(b"x" * (OWN_JPEG_BYTES + 1))) == (960, 540)


@pytest.mark.parametrize("frame", [tall_frame(), plain_frame(0, (960, 540)), camera_frame(b"own")])
def test_a_limit_of_rows_holds_for_every_kind_of_picture(frame: Frame) -> None:
    kept = Kept()
    kept.preview.limit(inf, 360)
    assert kept.shown(frame) == (640, 360)
    kept.preview.limit(inf, inf)
    made = kept.packet(frame)
    assert made[0].size_px == frame.image.shape[1::-1]


def test_a_limit_above_the_picture_changes_nothing() -> None:
    kept = Kept()
    kept.preview.limit(inf, 2000)
    assert kept.shown(plain_frame(0, (960, 540))) == (960, 540)


def due(kept: Kept, fps: float, count: int = 120) -> list[int]:
    """Show every frame that is due, and return their numbers."""
    numbers = []
    for index in range(count):
        each = shot(plain_frame(index, fps=fps))
        if kept.preview.is_due(each):
            kept.run(lambda preview, each=each: preview.of_frame(1, each))  # type: ignore[misc]
            numbers.append(index)
    return numbers


@pytest.mark.parametrize(
    ("fps", "rate_hz", "every"),
    [(60, inf, 1), (60, 30.0, 2), (60, 15.0, 4), (30, 15.0, 2), (10, 15.0, 1)],
)
def test_a_limit_of_pictures_a_second_is_kept_evenly(
    fps: float, rate_hz: float, every: int
) -> None:
    kept = Kept()
    kept.preview.limit(rate_hz, inf)
    assert due(kept, fps, 48) == list(range(0, 48, every))


@pytest.mark.parametrize(("clients", "every"), [(0, 1), (1, 1), (10, 1), (20, 2), (50, 5)])
def test_many_clients_share_what_may_go_out(clients: int, every: int) -> None:
    kept = Kept()
    kept.packet(plain_frame(0))
    due = [i for i in range(1, 20) if kept.preview.is_due(shot(plain_frame(i)), clients)]
    assert due[0] == every


def test_a_clip_that_begins_again_is_due() -> None:
    kept = Kept()
    kept.preview.limit(15.0, inf)
    kept.packet(plain_frame(100))
    assert kept.preview.is_due(shot(plain_frame(0)))


def still(picture: Picture | None) -> Still:
    key = KeyPose(
        kind=EventKind.TOE_OFF,
        side=Side.LEFT,
        near=True,
        time_s=0.0,
        frame_index=0,
        xy_px=np.zeros((12, 2)),
        value=1.0,
    )
    return Still(key=key, picture=picture, facing=None)


def test_a_still_is_the_cameras_own_jpeg_where_that_was_kept() -> None:
    empty = np.empty((0, 0, 3), np.uint8)
    own = Picture(time_s=0.0, size_px=(960, 540), image=empty, jpeg=b"own")
    header, jpeg = binary.unpack(Kept().run(lambda preview: preview.of_still(still(own))))
    assert jpeg == b"own"
    assert isinstance(header, binary.StillHeader)
    assert header.size_px == (960, 540)


def test_a_still_is_small_and_stays_empty_without_its_picture() -> None:
    tall = Picture(time_s=0.0, size_px=(1920, 1080), image=tall_frame().image)
    _, jpeg = binary.unpack(Kept().run(lambda preview: preview.of_still(still(tall))))
    shown = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape == (540, 960, 3)
    header, jpeg = binary.unpack(Kept().run(lambda preview: preview.of_still(still(None))))
    assert (jpeg, header.size_px) == (b"", None)
