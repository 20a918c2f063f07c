"""Recording of the runner's pictures; if there is no space for them, strides are still recorded."""

import logging
from math import inf
from pathlib import Path

from edge.i18n.notices import english_notice
from edge.messages.errors import RecordError
from edge.messages.frame import Frame
from edge.messages.notice import Notice
from edge.record.disk_space import shortage
from edge.record.privacy import Privacy
from edge.record.session_writer import SessionWriter
from edge.settings.record_settings import RecordSettings

_log = logging.getLogger(__name__)

# Interval between retries after a disk error.
RETRY_S = 10.0


class VideoRecorder:
    """Record a session's pictures while the disk has space to spare.

    Parameters
    ----------
    data
        The data folder.
    settings
        Whether pictures are recorded, and how much space must stay free.
    privacy
        Whether pictures may be recorded now.

    Attributes
    ----------
    consent
        Whether the runner wants to be filmed; so it is unless they said otherwise.
    notice
        One sentence while pictures that should be recorded are not; else empty.
    """

    def __init__(
        self, data: Path, settings: RecordSettings, privacy: Privacy | None = None
    ) -> None:
        self._data = data
        self._privacy = privacy or Privacy()
        self._settings = settings
        self._tried_s = -inf
        self.consent = True
        self.notice = Notice()

    @property
    def goes_on(self) -> bool:
        """Whether pictures are recorded with a session."""
        wanted = self._settings.video and self.consent
        return wanted and not (self.notice or self._privacy.skeleton_only)

    def picture(self, session: SessionWriter, frame: Frame, *, look: bool) -> None:
        """Record a picture; never raises ``RecordError``, as there may be space for strides.

        Parameters
        ----------
        session
            The session to record to.
        frame
            The frame with the picture and its time.
        look
            Check the space on the disk.
        """
        # Someone who only stands is not filmed: such a session will not be kept.
        wanted = self._settings.video and self.consent and session.kept
        if not wanted or self._privacy.hides(frame.arrived_s):
            return
        if self.notice and frame.time_s - self._tried_s < RETRY_S:
            return
        try:
            if look or self.notice:
                self._see_room(session)
            session.picture(frame)
        except RecordError as error:
            self._tried_s = frame.time_s
            notice = Notice("video_stopped", error=str(error))
            if notice != self.notice:
                self.notice = notice
                _log.error("%s", english_notice(notice))
            return
        if self.notice:
            self.notice = Notice()
            _log.info("video is recorded again")

    def _see_room(self, session: SessionWriter) -> None:
        keep_mb = self._settings.keep_free_mb + self._settings.video_spare_mb
        if short := shortage(self._data, keep_mb):
            session.end_pictures()
            raise RecordError(short)
