"""A station without camera and model: a served page, and clips played with their ground truth."""

import asyncio
import csv
import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from math import nan
from pathlib import Path
from threading import Event, Thread
from typing import Any, Protocol

import cv2
import numpy as np
from skeletons import BLAZEPOSE33

from edge.coaching.coach import Coach
from edge.messages.arrays import Floats, Image
from edge.messages.frame import Frame
from edge.messages.gait import Activity, EventKind, GaitEvent, GaitState, Phase
from edge.messages.health import Health, StationState
from edge.messages.message import Message
from edge.messages.metric import Metric
from edge.messages.notice import Notice
from edge.messages.pose import Pose
from edge.messages.reading import BeltSource
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.skeleton import LEFT_LEG, RIGHT_LEG
from edge.messages.stride import KeyPose, StrideMetrics
from edge.messages.verdict import Cue, CueKind, Fault, Verdict, VerdictState
from edge.metrics.catalogue import METRIC_NAMES
from edge.record.audit import Audit
from edge.record.privacy import Privacy
from edge.serve.acceptor import ConnectionLimits
from edge.serve.access.rights import Rights
from edge.serve.app import create_app
from edge.serve.live.client_queue import MAX_WAITING
from edge.serve.live.hub import Hub
from edge.serve.server import serve
from edge.serve.sessions.archive import Archive
from edge.serve.wire.commands import Control
from edge.serve.wire.encode import hello_for
from edge.serve.wire.greeting import Hello
from edge.settings.coaching_settings import CoachingSettings
from edge.settings.serve_settings import ServeSettings
from edge.settings.settings import Settings

WEB_DIR = Path(__file__).parent.parent / "web_display"

_COLUMN_OF = {"left_foot_index": "left_shoe_tip", "right_foot_index": "right_shoe_tip"}
_DECISION_S = 0.06
_GAITS = {"run": Activity.RUNNING, "walk": Activity.WALKING}
_METRIC_OF = {
    Fault.KNEES_FORWARD: "knee_toe_offset_pct",
    Fault.BENT_PUSH_OFF: "knee_flexion_push_off_deg",
}
_CUES = {Fault.KNEES_FORWARD: CueKind.SIT_BACK, Fault.BENT_PUSH_OFF: CueKind.CADENCE}


def plain_frame(index: int, size: tuple[int, int] = (64, 48), fps: float = 60.0) -> Frame:
    """Return a uniformly grey frame."""
    width, height = size
    image = np.full((height, width, 3), index % 251, dtype=np.uint8)
    return Frame(index=index, time_s=index / fps, image=image)


def hello() -> Hello:
    """Return what a station of the default settings says first."""
    return hello_for(Settings(), "0.1.0", skeleton=BLAZEPOSE33)


def new_hub(max_waiting: int = MAX_WAITING, **settings: Any) -> Hub:
    """Return a hub with the given settings."""
    return Hub(ServeSettings(**settings), hello(), max_waiting=max_waiting)


class Station:
    """A served station; a context manager.

    Parameters
    ----------
    hub, health
        What is served.
    port
        Where; 0 takes a free one.
    rights
        The pairings and the audit, if any.
    control
        The command handler, if any.
    archive
        The recorded sessions, if any.
    audit, privacy
        Where commands are written, and where *skeleton only* is kept.
    limits
        The most connections.
    settings
        Further ``ServeSettings``.
    """

    def __init__(
        self,
        hub: Hub | None = None,
        health: Callable[[], Health] | None = None,
        port: int = 0,
        *,
        rights: Rights | None = None,
        control: Control | None = None,
        archive: Archive | None = None,
        audit: Audit | None = None,
        privacy: Privacy | None = None,
        limits: ConnectionLimits | None = None,
        **settings: Any,
    ) -> None:
        self.hub = new_hub() if hub is None else hub
        self.url = ""
        self._health = healthy if health is None else health
        self._settings = ServeSettings(port=port, **settings)
        self._rights = rights
        self._control = control
        self._archive = archive
        self._audit = audit
        self._privacy = privacy
        self._limits = limits
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._started = Event()
        self._thread = Thread(target=lambda: asyncio.run(self._serve()), name="server")

    @property
    def live_url(self) -> str:
        """Where the WebSocket is."""
        return self.url.replace("http", "ws") + "ws/live"

    @property
    def port(self) -> int:
        """The port that was free."""
        return int(self.url.rstrip("/").rpartition(":")[2])

    def __enter__(self) -> "Station":
        self._thread.start()
        assert self._started.wait(20), "the server did not start"
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        app = create_app(
            self.hub,
            self._health,
            WEB_DIR,
            rights=self._rights,
            control=self._control,
            archive=self._archive,
            audit=self._audit,
            privacy=self._privacy,
        )
        await serve(app, self._settings, started=self._heard, stop=self._stop, limits=self._limits)

    def _heard(self, url: str) -> None:
        self.url = url
        self._started.set()


class Sink(Protocol):
    """The destination of a feed, such as the hub."""

    def publish_frame(self, frame: Frame, pose: Pose | None, state: GaitState | None) -> None: ...

    def publish(self, message: Message) -> None: ...

    def publish_health(self, health: Health) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One frame, and everything decided at it."""

    frame: Frame
    pose: Pose
    state: GaitState
    messages: list[Message]


def healthy(state: StationState = StationState.LIVE, notice: str = "") -> Health:
    """Return plausible health."""
    return Health(
        state=state,
        source="clip",
        model="truth",
        frame_rate_hz=59.9,
        captured=600,
        processed=598,
        dropped=2,
        frame_age_s=0.01,
        capture_to_pose_p50_ms=9.0,
        capture_to_pose_p95_ms=14.2,
        notice=Notice.free(notice),
    )


class ClipFeed:
    """Moments of one clip, made from its ground truth.

    Parameters
    ----------
    folder, name
        The folder of clips, and the clip's name.
    judged_after_strides
        Near strides after which verdicts are given: fewer than in the product, to save time.
    limits
        Whether to publish limits, those at the clip's belt speed.
    """

    def __init__(
        self, folder: Path, name: str, judged_after_strides: int = 2, *, limits: bool = True
    ) -> None:
        self._limits = limits
        self._video = folder / f"{name}.mp4"
        self._truth = json.loads((folder / f"{name}.truth.json").read_text())
        # The last stride of a clip may be cut off.
        self._truth["strides"] = [s for s in self._truth["strides"] if None not in s.values()]
        self._xy_px = _keypoints(folder / f"{name}.keypoints.csv.gz")
        self._judged_after = judged_after_strides
        self.fps = float(self._truth["fps"])
        self.near = Side(self._truth["near_side"])
        self._told = self._all_messages()

    def moments(self, to_s: float = 1e9, offset: int = 0) -> Iterator[Moment]:
        """Yield one moment per frame, decoding as it goes.

        ``offset`` is added to the frame numbers, and its time to all times: for a second round.
        """
        capture = cv2.VideoCapture(str(self._video))
        shift_s = offset / self.fps
        try:
            index = 0
            while index / self.fps < to_s:
                ok, image = capture.read()
                if not ok:
                    return
                yield self._moment(index, offset, shift_s, np.asarray(image, dtype=np.uint8))
                index += 1
        finally:
            capture.release()

    def _moment(self, index: int, offset: int, shift_s: float, image: Image) -> Moment:
        time_s = index / self.fps
        height, width = image.shape[:2]
        xy_px = self._xy_px[index].copy()
        inside = bool(np.nanmin(xy_px[:, 0]) < width and np.nanmax(xy_px[:, 0]) > 0)
        if not inside:
            xy_px[:] = nan
        state = GaitState(
            frame_index=index + offset,
            time_s=time_s + shift_s,
            activity=self._activity(time_s) if inside else Activity.ABSENT,
            facing=Side(self._truth["facing"]),
            near_side=self.near,
            left_phase=self._phase(Side.LEFT, time_s),
            right_phase=self._phase(Side.RIGHT, time_s),
            cadence_spm=self._cadence(time_s),
            belt_speed_px_s=nan,
        )
        pose = Pose(
            frame_index=index + offset,
            time_s=time_s + shift_s,
            size_px=(width, height),
            skeleton=BLAZEPOSE33,
            xy_px=xy_px,
            visibility=np.where(np.isfinite(xy_px[:, 0]), 1.0, nan),
            depth_px=np.full(BLAZEPOSE33.count, nan),
            presence=float(inside),
            breaks=index == 0,
        )
        frame = Frame(index=index + offset, time_s=time_s + shift_s, image=image, breaks=index == 0)
        lo, hi = time_s - 0.5 / self.fps, time_s + 0.5 / self.fps
        told = [_shifted(m, offset, shift_s) for at, m in self._told if lo <= at < hi]
        return Moment(frame=frame, pose=pose, state=state, messages=told)

    def _activity(self, time_s: float) -> Activity:
        for event in self._truth["events"]:
            if abs(event["time_s"] - time_s) < 1.2:
                return _GAITS[event["gait"]]
        return Activity.STANDING

    def _phase(self, side: Side, time_s: float) -> Phase:
        for stride in self._truth["strides"]:
            if stride["side"] == side and stride["start_s"] <= time_s < stride["end_s"]:
                return Phase.STANCE if time_s < stride["toe_off_s"] else Phase.SWING
        return Phase.UNKNOWN

    def _cadence(self, time_s: float) -> float:
        near = [s for s in self._truth["strides"] if s["start_s"] <= time_s < s["end_s"] + 1]
        return float(near[0]["cadence_spm"]) if near else nan

    def _all_messages(self) -> list[tuple[float, Message]]:
        limits = Coach(CoachingSettings()).bands(
            self._truth["belt_speed_mps"] or nan, BeltSource.ENTERED, 0.0
        )
        told: list[tuple[float, Message]] = [(0.0, band) for band in limits if self._limits]
        for event in self._truth["events"]:
            at = event["time_s"] + _DECISION_S
            told.append((at, self._event(event, at)))
        for stride in self._truth["strides"]:
            told += self._of_stride(stride)
        judged = [s for s in self._truth["strides"] if s["side"] == self.near]
        if len(judged) >= self._judged_after and judged[0]["gait"] == "run":
            told += self._verdicts(judged[self._judged_after - 1]["end_s"] + _DECISION_S)
        return sorted(told, key=lambda pair: pair[0])

    def _event(self, event: dict[str, Any], at: float) -> GaitEvent:
        return GaitEvent(
            kind=EventKind(event["kind"]),
            side=Side(event["side"]),
            near=event["side"] == self.near,
            time_s=event["time_s"],
            decided_at_s=at,
            confidence=0.9,
        )

    def _of_stride(self, truth: dict[str, Any]) -> list[tuple[float, Message]]:
        at = truth["end_s"] + _DECISION_S
        near = truth["side"] == self.near
        names = ("start_s", "peak_knee_flexion_s", "toe_off_s", "end_s")
        times: dict[str, Any] = {name: float(truth[name]) for name in names}
        metrics = StrideMetrics(
            side=Side(truth["side"]),
            near=near,
            valid=truth["gait"] == "run",
            reason=Reason() if truth["gait"] == "run" else Reason("walking"),
            decided_at_s=at,
            **times,
            values={name: float(truth[name]) for name in METRIC_NAMES if name in truth},
        )
        told: list[tuple[float, Message]] = [(at, metrics)]
        if near and truth["gait"] == "run":
            told += [
                (at, self._key_pose(EventKind.PEAK_KNEE_FLEXION, metrics)),
                (at, self._key_pose(EventKind.TOE_OFF, metrics)),
            ]
        return told

    def _key_pose(self, kind: EventKind, metrics: StrideMetrics) -> KeyPose:
        bend = kind is EventKind.PEAK_KNEE_FLEXION
        time_s = metrics.peak_knee_flexion_s if bend else metrics.toe_off_s
        index = min(round(time_s * self.fps), len(self._xy_px) - 1)
        body = BLAZEPOSE33.body_of(self._xy_px[index])
        return KeyPose(
            kind=kind,
            side=metrics.side,
            near=metrics.near,
            time_s=time_s,
            frame_index=index,
            xy_px=body,
            value=metrics.value(Metric.KNEE_TOE if bend else Metric.PUSH_OFF),
            leg_px=body[list(LEFT_LEG if metrics.side is Side.LEFT else RIGHT_LEG)],
        )

    def _verdicts(self, at: float) -> list[tuple[float, Message]]:
        told: list[tuple[float, Message]] = []
        for fault in Fault:
            for side in Side:
                state = VerdictState(self._truth["expected"][fault][side])
                known = state is not VerdictState.UNKNOWN
                mean = self._truth["near_leg_means"][_METRIC_OF[fault]] if known else nan
                bad = state is VerdictState.RED
                verdict = Verdict(
                    side=side,
                    fault=fault,
                    state=state,
                    reason=Reason() if known else Reason("far_leg"),
                    cue=_CUES[fault] if bad else None,
                    decided_at_s=at,
                    mean=mean,
                    ci95=(mean - 1.4, mean + 1.4),
                    strides=10 if known else 0,
                )
                told.append((at, verdict))
                if bad and fault is Fault.KNEES_FORWARD:
                    cue = Cue(kind="sit_back", wording="Sit back", issued_at_s=at)
                    told.append((at, cue))
        return told


class Player:
    """A thread that plays a feed into a sink in real time until stopped."""

    def __init__(self, feed: ClipFeed, sink: Sink, to_s: float = 1e9) -> None:
        self._feed = feed
        self._sink = sink
        self._to_s = to_s
        self._stop = Event()
        self.paused = Event()
        self.health = healthy()
        self._thread = Thread(target=self._play, name="feed")

    def __enter__(self) -> "Player":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _play(self) -> None:
        offset = 0
        while not self._stop.is_set():
            count = 0
            for moment in self._feed.moments(self._to_s, offset):
                if self._stop.wait(1 / self._feed.fps):
                    return
                while self.paused.is_set() and not self._stop.wait(0.02):
                    pass
                self._show(moment)
                count += 1
            offset += count

    def _show(self, moment: Moment) -> None:
        self._sink.publish_frame(moment.frame, moment.pose, moment.state)
        for message in moment.messages:
            self._sink.publish(message)
        if moment.frame.index % 30 == 0:
            self._sink.publish_health(self.health)


def _keypoints(path: Path) -> Floats:
    """Return keypoints, shape (frames, 33, 2), pixels; NaN for points without ground truth."""
    with gzip.open(path, "rt", newline="") as file:
        rows = list(csv.reader(file))
    columns = {name: place for place, name in enumerate(rows[0])}
    values = np.array(rows[1:], dtype=np.float64)
    xy_px = np.full((len(values), BLAZEPOSE33.count, 2), nan)
    for place, name in enumerate(BLAZEPOSE33.points):
        column = _COLUMN_OF.get(name, name)
        for axis, suffix in enumerate(("_u_px", "_v_px")):
            if column + suffix in columns:
                xy_px[:, place, axis] = values[:, columns[column + suffix]]
    return xy_px


def _shifted(message: Message, offset: int, shift_s: float) -> Message:
    """Return the message shifted to a later round of the clip."""
    values: dict[str, Any] = {f.name: getattr(message, f.name) for f in fields(message)}
    for name, value in values.items():
        if name.endswith("_s") and isinstance(value, float):
            values[name] = value + shift_s
    if isinstance(message, KeyPose):
        values["frame_index"] += offset
        values["xy_px"] = message.xy_px.copy()
    return type(message)(**values)
