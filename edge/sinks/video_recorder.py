"""Pictures of the runner on their way to the disk; where they have no room, strides go on."""

import logging
from math import inf
from pathlib import Path

from edge.messages.errors import RecordError
from edge.messages.frame import Frame
from edge.record.disk_space import shortage
from edge.record.session_writer import SessionWriter
from edge.settings.record_settings import RecordSettings

_log = logging.getLogger(__name__)

# How long between two tries after the disk refused.
RETRY_S = 10.0


class VideoRecorder:
    """Keep a session's pictures, as long as the disk has room for more than them.

    Parameters
    ----------
    data
        The data folder.
    settings
        Whether pictures are kept, and what must stay free.

    Attributes
    ----------
    notice
        One sentence while pictures are not kept though they should be; else empty.
    """

    def __init__(self, data: Path, settings: RecordSettings) -> None:
        self._data = data
        self._settings = settings
        self._tried_s = -inf
        self.notice = ""

    @property
    def goes_on(self) -> bool:
        """Whether pictures are kept of whoever is recorded."""
        return self._settings.video and not self.notice

    def picture(self, session: SessionWriter, frame: Frame, *, look: bool) -> None:
        """Keep a picture; never raises ``RecordError``, for strides may still find room.

        Parameters
        ----------
        session
            Where it is kept.
        frame
            Whose picture; also tells the time.
        look
            Look at the room on the disk.
        """
        # Whoever only stands about is not filmed: that session will not be kept.
        if not (self._settings.video and session.kept):
            return
        if self.notice and frame.time_s - self._tried_s < RETRY_S:
            return
        try:
            if look or self.notice:
                self._see_room(session)
            session.picture(frame)
        except RecordError as error:
            self._tried_s = frame.time_s
            notice = f"no video is recorded: {error}"
            if notice != self.notice:
                self.notice = notice
                _log.error("%s", notice)
            return
        if self.notice:
            self.notice = ""
            _log.info("video is recorded again")

    def _see_room(self, session: SessionWriter) -> None:
        keep_mb = self._settings.keep_free_mb + self._settings.video_spare_mb
        if short := shortage(self._data, keep_mb):
            session.end_pictures()
            raise RecordError(short)
