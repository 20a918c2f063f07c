"""Which pictures are kept, and none while only skeletons are shown."""

from dataclasses import replace

from feed import plain_frame

from edge.serve.live.picture_gate import PictureGate


def test_a_switch_drops_what_is_kept_both_ways() -> None:
    gate = PictureGate()
    assert gate.keep(plain_frame(0))
    assert gate.picture(0) is not None
    assert gate.switch(hidden=True)
    assert gate.picture(0) is None
    assert gate.keep(plain_frame(1))
    assert gate.picture(1) is None
    assert gate.switch(hidden=False)
    assert gate.picture(1) is None
    assert gate.nbytes == 0


def test_a_switch_to_what_is_shown_already_drops_nothing() -> None:
    gate = PictureGate()
    gate.keep(plain_frame(0))
    assert not gate.switch(hidden=False)
    assert gate.picture(0) is not None


def test_a_frame_taken_while_pictures_were_hidden_is_not_kept_later() -> None:
    now_s = 10.0
    gate = PictureGate(clock=lambda: now_s)
    gate.switch(hidden=True)
    gate.switch(hidden=False)
    assert not gate.keep(replace(plain_frame(0), arrived_s=9.9))
    assert gate.keep(replace(plain_frame(1), arrived_s=10.0))
    assert gate.picture(0) is None
    assert gate.picture(1) is not None


def test_a_smaller_picture_takes_the_place_of_one_that_is_kept() -> None:
    gate = PictureGate()
    frame = plain_frame(0)
    gate.keep(frame)
    gate.replace(0, frame.image[::2, ::2])
    gate.replace(1, frame.image)
    assert gate.nbytes == frame.image[::2, ::2].nbytes
