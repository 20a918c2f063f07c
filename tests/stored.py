"""What a store holds, for tests; and poses and states to put there without a camera."""

from pathlib import Path

import numpy as np

from edge.messages import Activity, GaitState, Phase, Pose, Seen, Side
from edge.pipeline import Pipeline
from edge.record.folder_export import export_folder
from edge.record.store import SessionHead, Store, StoredSession
from edge.settings import Settings
from edge.skeleton import KEYPOINT_COUNT, READER_POINTS

HEAD = SessionHead(
    toeline="0.1.0",
    source="a camera",
    model="full",
    model_sha256="ab" * 32,
    config_sha256="cd" * 32,
    config={"gait": {"facing": "auto"}},
    nominal_rate_hz=60.0,
)


class NoCamera:
    """A pose room that is never asked."""

    def update(self, frame: object) -> Pose:
        raise AssertionError("there is no picture here")

    def reset(self) -> None: ...


def gait_rooms(settings: Settings | None = None) -> Pipeline:
    """Return a pipeline to which raw poses are given."""
    return Pipeline(NoCamera(), settings or Settings())


def only(store: Store) -> StoredSession:
    """Return the one session of a store."""
    (session,) = store.sessions()
    return session


def exported(data: Path, out: Path | None = None) -> Path:
    """Return the result folder of the one session under ``data``."""
    with Store(data, create=False) as store:
        session = only(store)
        folder = out or data / "exported" / session.name
        export_folder(store, session, folder)
    return folder


def raw_pose(
    index: int, *, rate_hz: float = 60.0, seed: int = 1, legs: bool = True, found: bool = True
) -> Pose:
    """Return a pose of numbers that only look like one, as four bytes each hold them."""
    random = np.random.default_rng([seed, index])

    def numbers(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        made = random.uniform(0, 900, shape).astype(np.float32).astype(float)
        return made if found else np.full(shape, np.nan)

    return Pose(
        frame_index=index,
        time_s=index / rate_hz,
        size_px=(960, 540),
        xy_px=numbers(KEYPOINT_COUNT, 2),
        visibility=numbers(KEYPOINT_COUNT),
        depth_px=numbers(KEYPOINT_COUNT),
        presence=0.99 if found else 0.0,
        legs_px=numbers(2, len(READER_POINTS), 2) if legs and found else None,
        legs_error_px=numbers(2, len(READER_POINTS)) if legs and found else None,
    )


def running(pose: Pose) -> GaitState:
    """Return the state of somebody who runs, at the moment of a pose."""
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
    """Return what a frame gave that nothing else happened at."""
    return Seen(pose=pose, fresh=pose.frame_index == 0)
