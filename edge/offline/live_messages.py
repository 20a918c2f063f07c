"""The live pipeline as an iterator of messages."""

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from edge.messages.message import Message
from edge.settings import paths
from edge.settings.settings import Settings

if TYPE_CHECKING:
    from edge.capture.frame_slot import Handover
    from edge.capture.port import FrameSource

_TAKE_S: Final = 0.25


def live(source: str, *, settings: Settings | None = None) -> Iterator[Message]:
    """Run the pipeline on a camera and yield its messages.

    Parameters
    ----------
    source
        As on the command line: ``usb:0``, ``rtsp://...``, ``picamera``, or a file, which plays at
        its own frame rate.
    settings
        Settings of all rooms.

    Yields
    ------
    Records of ``edge.messages``: poses, events, strides, verdicts, cues and the state. A camera's
    frame is dropped if a newer one has arrived; a file's frames are never dropped.

    Raises
    ------
    ToelineError
        On the first ``next``: if the camera cannot be opened or the model was not pulled.

    Notes
    -----
    Closing the iterator releases the camera; that happens when it is garbage-collected, too, as at
    the return of the function that holds the ``for`` loop.
    """
    from edge.capture.frame_slot import Lossless, Slot
    from edge.capture.source import open_source
    from edge.station.assembly import build_rig

    chosen = settings or Settings()
    with open_source(source, chosen.capture, own_pace=True) as camera:
        pipeline = build_rig(
            chosen, paths.models_dir(), smaller=False, live=camera.info.live
        ).pipeline
        handover: Handover = Slot() if camera.info.live else Lossless()
        capture = _Capture(camera, handover)
        capture.start()
        try:
            while (frame := handover.take(_TAKE_S)) or not handover.closed:
                if frame is not None:
                    yield from pipeline.update(frame).messages
            yield from pipeline.finish()
        finally:
            handover.close()
            camera.close()
            capture.join()
        if capture.failure is not None:
            raise capture.failure


class _Capture(threading.Thread):
    """A thread that hands frames over; its error is raised where messages are consumed."""

    def __init__(self, camera: "FrameSource", handover: "Handover") -> None:
        super().__init__(name="capture", daemon=True)
        self.failure: Exception | None = None
        self._camera = camera
        self._handover = handover

    def run(self) -> None:
        """Read the camera to its end."""
        try:
            for frame in self._camera:
                self._handover.put(frame)
                if self._handover.closed:
                    return
        except Exception as error:
            self.failure = error
        finally:
            self._handover.close()
