"""Access to a store for tests, and poses and states to put there without a camera."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from fakes import end, hand
from skeletons import BLAZEPOSE33

from edge.messages.frame import Frame
from edge.messages.gait import Activity, GaitState, Phase
from edge.messages.pose import Pose
from edge.messages.seen import Seen
from edge.messages.side import Side
from edge.messages.skeleton import SIDE_POINTS
from edge.pipeline import Pipeline
from edge.record.folder_export import export_folder
from edge.record.store import Store
from edge.record.stored_session import SessionHead, StoredSession
from edge.record.video_log import VideoLog
from edge.settings.record_settings import RecordSettings
from edge.settings.settings import Settings
from edge.sinks.recorder import Recorder

HEAD = SessionHead(
    toeline="0.1.0",
    source="a camera",
    model="full",
    model_sha256="ab" * 32,
    config_sha256="cd" * 32,
    config={"gait": {"facing": "auto"}},
    nominal_rate_hz=60.0,
)

_NO_PICTURE = np.zeros((1, 1, 3), np.uint8)


class NoCamera:
    """A pose room that is never called."""

    def update(self, frame: object) -> Pose:
        raise AssertionError("there is no picture here")

    def reset(self) -> None: ...


def gait_rooms(settings: Settings | None = None) -> Pipeline:
    """Return a pipeline that takes raw poses."""
    return Pipeline(NoCamera(), settings or Settings())


def only(store: Store) -> StoredSession:
    """Return the only session of a store."""
    (session,) = store.sessions()
    return session


def exported(data: Path, out: Path | None = None) -> Path:
    """Export the only session under ``data``; return the result folder."""
    with Store(data, create=False) as store:
        session = only(store)
        folder = out or data / "exported" / session.name
        export_folder(store, session, folder)
    return folder


def put(
    data: Path, poses: list[Pose], *, runner: str = "", settings: Settings | None = None
) -> str:
    """Record poses as a live station does, and return the session's name."""
    rooms = gait_rooms(settings)
    kept = RecordSettings(keep_free_mb=0)
    recorder = Recorder(data, replace(HEAD, config=asdict(settings or Settings())), rooms, kept)
    if runner:
        recorder.begin(runner, belt_speed_mps=2.8)
    for pose in poses:
        frame = Frame(index=pose.frame_index, time_s=pose.time_s, image=_NO_PICTURE)
        hand(recorder, frame, rooms.follow(pose), 9.0)
    end(recorder, rooms.finish())
    (name,) = recorder.recorded
    return name


def film(session: StoredSession, frames: Iterable[int], size_px: tuple[int, int]) -> None:
    """Put pictures into a session as if recorded: each of one colour, set by its frame."""
    log = VideoLog(session.folder)
    for index in frames:
        picture = np.full((size_px[1], size_px[0], 3), index % 200, np.uint8)
        log.picture(Frame(index=index, time_s=session.origin_s + index / 60, image=picture))
    log.close()


def raw_pose(
    index: int, *, rate_hz: float = 60.0, seed: int = 1, legs: bool = True, found: bool = True
) -> Pose:
    """Return a pose of plausible numbers that float32 represents exactly."""
    random = np.random.default_rng([seed, index])

    def numbers(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        made = random.uniform(0, 900, shape).astype(np.float32).astype(float)
        return made if found else np.full(shape, np.nan)

    return Pose(
        frame_index=index,
        time_s=index / rate_hz,
        size_px=(960, 540),
        skeleton=BLAZEPOSE33,
        xy_px=numbers(BLAZEPOSE33.count, 2),
        visibility=numbers(BLAZEPOSE33.count),
        depth_px=numbers(BLAZEPOSE33.count),
        presence=0.99 if found else 0.0,
        legs_px=numbers(2, len(SIDE_POINTS), 2) if legs and found else None,
        legs_error_px=numbers(2, len(SIDE_POINTS)) if legs and found else None,
    )


def running(pose: Pose) -> GaitState:
    """Return the state of a running person at a pose's time."""
    return GaitState(
        frame_index=pose.frame_index,
        time_s=pose.time_s,
        activity=Activity.RUNNING if pose.found else Activity.ABSENT,
        facing=Side.RIGHT,
        near_side=Side.RIGHT,
        left_phase=Phase.UNKNOWN,
        right_phase=Phase.STANCE,
        cadence_spm=166.0,
        belt_speed_px_s=900.0,
    )


def seen(pose: Pose) -> Seen:
    """Return a ``Seen`` with only a pose, at a frame without other events."""
    return Seen(pose=pose, fresh=pose.frame_index == 0)
