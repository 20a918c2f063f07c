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
    """Measure a camera, and yield what the pipeline says.

    Parameters
    ----------
    source
        As on the command line: ``usb:0``, ``rtsp://...``, ``picamera``, or a file, which is played
        at its own pace.
    settings
        All rooms' settings.

    Yields
    ------
    The records of ``edge.messages``: poses, events, strides, verdicts, cues and the state. Of a
    camera a frame is dropped where a newer one is there; of a file none is.

    Raises
    ------
    ToelineError
        When the first message is asked for: if the camera is not there or the model was not pulled.

    Notes
    -----
    The camera is let go of when the iterator is closed, as by the end of a ``for`` loop's function.
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
    """Hands frames over; what ended it is raised in the thread that asks for messages."""

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
