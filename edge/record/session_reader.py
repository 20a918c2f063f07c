"""Reader of one recorded session."""

import json
from math import nan
from typing import Any

from edge.messages.feedback import FeedbackGate
from edge.messages.gait import GaitEvent
from edge.messages.notice import NoticeChange
from edge.messages.points_by_hand import PointsChange
from edge.messages.reading import BeltInForce, BeltSource, Reading
from edge.messages.stride import KeyPose, StrideCurves, StrideMetrics
from edge.messages.verdict import Bands, Cue, Verdict
from edge.record.pose_log import PoseReader, segment_files
from edge.record.rows import (
    bands_of,
    belt_of,
    cue_of,
    curves_of,
    event_of,
    feedback_of,
    key_pose_of,
    notice_of,
    points_change_of,
    reading_of,
    stride_of,
    verdict_of,
)
from edge.record.sqlite_file import SqliteFile
from edge.record.stored_session import Mark, StoredSession
from edge.record.video_files import VideoReader


class SessionReader:
    """Reader of one session; see ``Store.read``.

    Raises
    ------
    RecordError
        From every method, with one sentence, if the disk or the file fails.
    """

    def __init__(self, file: SqliteFile, session: StoredSession) -> None:
        self._file = file
        self._session = session

    def strides(self) -> list[StrideMetrics]:
        """Return the strides in order of completion."""
        return [stride_of(row) for row in self._of("strides")]

    def events(self) -> list[GaitEvent]:
        """Return the confirmed events in the order in which they were settled."""
        return [event_of(row) for row in self._of("events")]

    def verdicts(self) -> list[Verdict]:
        """Return all verdicts, changed or not, in order."""
        return [verdict_of(row) for row in self._of("verdicts")]

    def bands(self) -> list[Bands]:
        """Return each change of the verdicts' limits; empty for older stores."""
        return [bands_of(row) for row in self._of("bands")]

    def cues(self) -> list[Cue]:
        """Return the cues."""
        return [cue_of(row) for row in self._of("cues")]

    def feedback(self) -> list[FeedbackGate]:
        """Return each change of the feedback allowed; empty for a session without a visit."""
        return [feedback_of(row) for row in self._of("feedback")]

    def key_poses(self) -> list[KeyPose]:
        """Return the poses at peak knee flexion and toe-off of the near leg."""
        return [key_pose_of(row) for row in self._of("key_poses")]

    def curves(self) -> list[StrideCurves]:
        """Return the joint angles over each valid stride of the near leg."""
        return [curves_of(row) for row in self._of("curves")]

    def marks(self) -> list[Mark]:
        """Return the marks."""
        return [
            Mark(
                time_s=_number(row["time_s"]),
                marked_at=row["marked_at"],
                kind=row["kind"],
                note=row["note"],
                data=None if row["data"] is None else json.loads(row["data"]),
            )
            for row in self._of("marks")
        ]

    def readings(self) -> list[Reading]:
        """Return the sensor readings in order of arrival."""
        return [reading_of(row) for row in self._of("readings")]

    def belt(self) -> list[BeltInForce]:
        """Return each change of the belt speed and incline in force.

        An older session without these has one entry: the entered values of its row.
        """
        belts = [belt_of(row) for row in self._of("belt")]
        return belts or [_entered_belt(self._session)]

    def notices(self) -> list[NoticeChange]:
        """Return each change of the notices about the pictures; empty for older stores."""
        return [notice_of(row) for row in self._of("notices")]

    def points_by_hand(self) -> list[PointsChange]:
        """Return each change of the points set by hand; empty if none were set."""
        return [points_change_of(row) for row in self._of("points_by_hand")]

    def poses(self) -> PoseReader:
        """Return a reader of the poses."""
        return PoseReader(self._session.folder)

    def video(self) -> VideoReader:
        """Return a reader of the pictures; most sessions have none."""
        return VideoReader(self._session.folder)

    def stored_bytes(self) -> int:
        """Return the size of the poses on disk."""
        with self._file.guarded():
            return sum(path.stat().st_size for path in segment_files(self._session.folder))

    def _of(self, table: str) -> list[dict[str, Any]]:
        sql = f"SELECT * FROM {table} WHERE session = ? ORDER BY number"
        return [dict(row) for row in self._file.rows(sql, self._session.id)]


def _entered_belt(session: StoredSession) -> BeltInForce:
    belt = session.head.belt
    known = belt.speed_mps > 0
    return BeltInForce(
        time_s=session.origin_s,
        speed_mps=belt.speed_mps if known else nan,
        source=BeltSource.ENTERED if known else BeltSource.NONE,
        incline_pct=belt.incline_pct,
        incline_source=BeltSource.ENTERED if belt.incline_pct else BeltSource.NONE,
        entered_mps=belt.speed_mps if known else nan,
    )


def _number(value: float | None) -> float:
    return nan if value is None else value
