"""Runners labelled by eye: ``labels.json`` in a folder of films.

Format: docs/accuracy.md, "Real runners". Each entry is named after its film, NAME.mp4.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.errors import EvaluationError
from edge.messages.side import Side
from edge.messages.skeleton import LEG_POINTS

LABELS: Final = "labels.json"
AROUND_PEAK: Final = "peak_knee_flexion"
AROUND_TOE_OFF: Final = "toe_off"
_AROUND: Final = (AROUND_PEAK, AROUND_TOE_OFF)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabelledFrame:
    """The near leg in one frame.

    Attributes
    ----------
    frame
        Index in the film, from 0.
    around
        The instant it was chosen for: ``AROUND_PEAK`` or ``AROUND_TOE_OFF``.
    leg_px
        By labeller, shape (5, 2), in the order of ``LEG_POINTS``; the toe is the tip of the shoe;
        NaN for a point that was not visible.
    """

    frame: int
    around: str
    leg_px: Mapping[str, Floats]

    @property
    def mean_px(self) -> Floats:
        """Shape (5, 2), the mean of those who saw the point; NaN if nobody did."""
        legs = np.array(list(self.leg_px.values()))
        seen = np.isfinite(legs)
        count = seen.sum(axis=0)
        total = np.where(seen, legs, 0.0).sum(axis=0)
        return np.asarray(total / np.where(count > 0, count, np.nan))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabelledStride:
    """One stance of the near leg.

    Attributes
    ----------
    contact_frame, toe_off_frame
        By labeller, the first frame with the foot on the belt and the first without it; halves lie
        between two frames; NaN where it could not be seen.
    frames
        The labelled frames.
    """

    contact_frame: Mapping[str, float]
    toe_off_frame: Mapping[str, float]
    frames: tuple[LabelledFrame, ...]

    def around(self, instant: str) -> tuple[LabelledFrame, ...]:
        """Return the frames chosen for an instant, in order."""
        return tuple(sorted((f for f in self.frames if f.around == instant), key=lambda f: f.frame))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabelledClip:
    """The labels of one film.

    Attributes
    ----------
    name, video
        The film.
    near, facing
        The leg nearer the camera, and the side of the picture run towards.
    frame_rate_hz
        Frames per second.
    strides
        In order of time.
    near_strides
        Number of the near leg's whole strides in the film; None if nobody counted them.
    running_s
        Start and end of running; None if the runner runs throughout.
    """

    name: str
    video: Path
    near: Side
    facing: Side
    frame_rate_hz: float
    strides: tuple[LabelledStride, ...]
    near_strides: int | None = None
    running_s: tuple[float, float] | None = None

    @property
    def last_frame(self) -> int:
        """Index of the last frame that any label names."""
        named = [f.frame for s in self.strides for f in s.frames]
        for stride in self.strides:
            ends = (*stride.contact_frame.values(), *stride.toe_off_frame.values())
            named += [int(np.ceil(end)) for end in ends if np.isfinite(end)]
        return max(named)


def load_labels(folder: Path, names: tuple[str, ...] = ()) -> list[LabelledClip]:
    """Read the labels of a folder's films, in the order of the file.

    Parameters
    ----------
    folder
        Holds ``labels.json`` and the films.
    names
        Only these films; empty for all.

    Raises
    ------
    EvaluationError
        If the labels are missing or damaged, name a film that is not there, or have no strides.
    """
    path = folder / LABELS
    content = _read(folder, path)
    for name in names:
        if name not in content:
            raise EvaluationError(f"{path} has no clip {name}; it has {', '.join(content)}")
    return [_checked(path, name, content[name]) for name in names or content]


def _read(folder: Path, path: Path) -> Mapping[str, Any]:
    if not folder.exists():
        raise EvaluationError(f"{folder} does not exist")
    if not folder.is_dir():
        raise EvaluationError(f"{folder} is not a folder of clips")
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise EvaluationError(f"{folder} has no {LABELS}") from None
    except OSError as error:
        raise EvaluationError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise EvaluationError(f"{path} is not JSON: {error}") from error
    if not isinstance(content, dict) or not content:
        raise EvaluationError(f"{path} has no clips")
    return content


def _checked(path: Path, name: str, entry: Any) -> LabelledClip:
    if Path(name).name != name:
        raise EvaluationError(f"{path}: {name} is not the name of a film")
    video = path.with_name(f"{name}.mp4")
    if not video.is_file():
        raise EvaluationError(f"{path} labels {name}, but {video} does not exist")
    try:
        clip = labelled_clip(name, video, entry)
    except KeyError as error:
        raise EvaluationError(f"{path}: {name} has no {error.args[0]}") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise EvaluationError(f"{path}: the labels of {name} cannot be read: {error}") from error
    if not clip.strides:
        raise EvaluationError(f"{path}: {name} has no labelled strides")
    return clip


def labelled_clip(name: str, video: Path, entry: Mapping[str, Any]) -> LabelledClip:
    """Return the labels of one film, an entry of the file.

    Raises
    ------
    KeyError, AttributeError, TypeError, ValueError
        If the entry is incomplete or wrong.
    """
    near_strides, running = entry.get("near_strides"), entry.get("running_s")
    rate_hz = float(entry["fps"])
    if not 0 < rate_hz < np.inf:
        raise ValueError(f"fps must be above 0, got {rate_hz:g}")
    strides = sorted((_stride(row) for row in entry["strides"]), key=_begins)
    return LabelledClip(
        name=name,
        video=video,
        near=Side(entry["near_side"]),
        facing=Side(entry["facing"]),
        frame_rate_hz=rate_hz,
        strides=tuple(strides),
        near_strides=None if near_strides is None else _count(near_strides),
        running_s=None if running is None else _span(running),
    )


def _stride(row: Mapping[str, Any]) -> LabelledStride:
    return LabelledStride(
        contact_frame=_instants(row["initial_contact_frame"]),
        toe_off_frame=_instants(row["toe_off_frame"]),
        frames=tuple(_frame(frame) for frame in row["frames"]),
    )


def _begins(stride: LabelledStride) -> float:
    return float(np.nanmean(list(stride.contact_frame.values())))


def _instants(row: Mapping[str, float | None]) -> dict[str, float]:
    found = {who: np.nan if frame is None else float(frame) for who, frame in row.items()}
    if not any(np.isfinite(frame) for frame in found.values()):
        raise ValueError("an event needs a frame of at least one labeller")
    if any(frame < 0 for frame in found.values()):
        raise ValueError("a frame must not be negative")
    return found


def _frame(row: Mapping[str, Any]) -> LabelledFrame:
    if row["around"] not in _AROUND:
        raise ValueError(f"around must be {' or '.join(_AROUND)}, got {row['around']}")
    return LabelledFrame(
        frame=_count(row["frame"]),
        around=row["around"],
        leg_px={who: _leg(points) for who, points in row["points_px"].items()},
    )


def _leg(points: Mapping[str, Any]) -> Floats:
    leg = [(np.nan, np.nan) if points[name] is None else points[name] for name in LEG_POINTS]
    return np.array(leg, float).reshape(len(LEG_POINTS), 2)


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"a whole number of 0 or more is expected, got {value}")
    return value


def _span(value: Any) -> tuple[float, float]:
    start, end = (float(v) for v in value)
    if not 0 <= start < end < np.inf:
        raise ValueError("running_s must be a start and a later end")
    return start, end
