"""Ground truth of rendered clips: the files next to NAME.mp4 in a folder of reference clips."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.errors import EvaluationError
from edge.messages.gait import EventKind
from edge.messages.side import Side
from edge.messages.verdict import Fault
from edge.offline.evaluate.metric_agreement import TrueStride

_TRUTH = ".truth.json"
_POINTS = ".keypoints.csv.gz"
# The file's names for the points of a leg, in the order of every leg array.
LEG_JOINTS = ("hip", "knee", "ankle", "heel", "toe")
# The shoe tip is ahead of the big toe.
_SHOE_TIP = "shoe_tip"
RUNNING = ("run", "mocap")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipTruth:
    """The ground truth of one clip.

    Attributes
    ----------
    name, video
        The clip's name and video file.
    mode
        ``run``, ``mocap`` (animated from a real runner), ``walk`` or ``session``.
    frame_rate_hz
        Frames per second.
    near
        The leg nearer to the camera.
    belt_speed_mps, cadence_spm
        NaN if not constant over the clip.
    leg_px
        Thigh plus shank at the runner's distance.
    window_s
        The evaluated part.
    events_s
        By leg and kind, shape (k,), in order.
    strides
        By leg, in order; only strides with both contacts.
    expected
        The verdicts under the default limits, by fault and leg.
    """

    name: str
    video: Path
    mode: str
    frame_rate_hz: float
    near: Side
    belt_speed_mps: float
    cadence_spm: float
    leg_px: float
    window_s: tuple[float, float]
    events_s: Mapping[tuple[Side, EventKind], Floats]
    strides: Mapping[Side, tuple[TrueStride, ...]]
    expected: Mapping[str, Mapping[str, str]]

    @property
    def running(self) -> bool:
        """Whether the runner runs throughout the clip."""
        return self.mode in RUNNING


def find_clips(folders: tuple[Path, ...], names: tuple[str, ...] = ()) -> list[Path]:
    """Return the truth files in the folders, in order of folder and name.

    Parameters
    ----------
    folders
        Each must hold at least one clip.
    names
        Only these clips; empty for all.

    Raises
    ------
    EvaluationError
        If a folder or a name does not exist, or two clips share a name.
    """
    found: dict[str, Path] = {}
    for folder in folders:
        for path in _truth_files(folder):
            if found.setdefault(clip_name(path), path) is not path:
                raise EvaluationError(f"two clips have the name {clip_name(path)}")
    for name in names:
        if name not in found:
            raise EvaluationError(f"there is no clip {name}; known: {', '.join(found)}")
    return [found[name] for name in names or found]


def _truth_files(folder: Path) -> list[Path]:
    if not folder.exists():
        raise EvaluationError(f"{folder} does not exist")
    if not folder.is_dir():
        raise EvaluationError(f"{folder} is not a folder of clips")
    paths = sorted(folder.glob(f"*{_TRUTH}"))
    if not paths:
        raise EvaluationError(f"{folder} contains no clip (NAME.mp4 with NAME{_TRUTH})")
    return paths


def clip_name(path: Path) -> str:
    """Return the clip's name from the path of its truth file."""
    return path.name.removesuffix(_TRUTH)


def load_clip(path: Path) -> ClipTruth:
    """Read a clip's truth file.

    Raises
    ------
    EvaluationError
        If it cannot be read or is incomplete.
    """
    try:
        return _clip(path, json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise EvaluationError(f"cannot read {path}: {error.strerror}") from error
    except KeyError as error:
        raise EvaluationError(f"{path} has no {error.args[0]}") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise EvaluationError(f"{path} is not a clip's truth file") from error


def _clip(path: Path, content: Mapping[str, Any]) -> ClipTruth:
    start, end = content["judged_s"]
    return ClipTruth(
        name=clip_name(path),
        video=path.with_name(f"{clip_name(path)}.mp4"),
        mode=str(content["mode"]),
        frame_rate_hz=float(content["fps"]),
        near=Side(content["near_side"]),
        belt_speed_mps=_number(content["belt_speed_mps"]),
        cadence_spm=_number(content["cadence_spm"]),
        leg_px=content["body"]["leg_m"] * content["camera"]["px_per_m_at_runner"],
        window_s=(float(start), float(end)),
        events_s={
            (side, kind): np.array(
                [e["time_s"] for e in content["events"] if e["side"] == side and e["kind"] == kind],
                float,
            )
            for side in Side
            for kind in EventKind
        },
        strides={side: _strides(content["strides"], side) for side in Side},
        expected={fault.value: content["expected"][fault] for fault in Fault},
    )


def _strides(rows: list[dict[str, Any]], side: Side) -> tuple[TrueStride, ...]:
    return tuple(
        TrueStride(
            start_s=row["start_s"],
            end_s=row["end_s"],
            metrics={
                name: _number(value)
                for name, value in row.items()
                if name not in ("side", "near", "gait")
            },
        )
        for row in rows
        # Walking strides are not measured, and strides cut off by the clip's ends have no numbers.
        if row["side"] == side and row["gait"] == "run"
        if row["start_s"] is not None and row["end_s"] is not None
    )


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def load_points(path: Path) -> dict[Side, Floats]:
    """Read both legs' points in every frame.

    Parameters
    ----------
    path
        The clip's truth file; the file of points is next to it.

    Returns
    -------
    By side, shape (frames, 6, 2), pixels: hip, knee, ankle, heel, tip of the big toe, tip of the
    shoe.

    Raises
    ------
    EvaluationError
        If the points cannot be read or lack a column.
    """
    points = path.with_name(clip_name(path) + _POINTS)
    try:
        with gzip.open(points, "rt", encoding="utf-8") as file:
            names = file.readline().rstrip("\n").split(",")
            table = np.loadtxt(file, delimiter=",", ndmin=2)
    except FileNotFoundError:
        raise EvaluationError(f"{points} does not exist") from None
    except (EOFError, OSError, ValueError) as error:
        raise EvaluationError(f"{points} is not a table of points") from error
    try:
        return {side: table[:, _columns(names, side)] for side in Side}
    except ValueError as error:
        raise EvaluationError(f"{points} lacks a column: {error}") from error


def _columns(names: list[str], side: Side) -> list[list[int]]:
    joints = (*LEG_JOINTS, _SHOE_TIP)
    return [[names.index(f"{side}_{joint}_{a}_px") for a in "uv"] for joint in joints]
