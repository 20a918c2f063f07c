"""Replay of a session's recorded poses through the pipeline, and what comes out differently."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Final

from edge.i18n.cue_words import english_cue
from edge.messages.message import Message
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import Verdict
from edge.metrics.catalogue import METRIC_NAMES
from edge.pipeline import Pipeline
from edge.pose.no_pictures import NoPictures
from edge.record.rows import row_of
from edge.record.store import Store
from edge.record.stored_session import INTERRUPTED, StoredSession
from edge.settings.settings import Settings

Progress = Callable[[int, int | None], None]

# Two strides of one leg are never this close, and a replayed stride never moves this far.
_SAME_S: Final = 0.1
# Reasons had no codes once, and strides no source; a cue is compared by its kind.
_UNCOMPARED: Final = frozenset(
    {"reason_code", "reason_params", "wording", "legs_source", "legs_score", "legs_flaw"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One metric before and now, over the strides present in both.

    ``before`` and ``now`` are means; ``most`` is the largest difference in one stride.
    """

    metric: str
    before: float
    now: float
    most: float
    strides: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """The outcome of a replay.

    Attributes
    ----------
    before, now
        The strides as stored, and as replayed now.
    identical
        Whether strides, events, verdicts and cues are bit-identical; of an interrupted session, up
        to where it was cut off.
    differences
        One per metric that differs; empty when identical.
    damage
        Why poses are missing; empty if none are.
    """

    before: list[StrideMetrics]
    now: list[StrideMetrics]
    identical: bool
    differences: list[Difference]
    damage: list[str]


def replay(
    store: Store,
    session: StoredSession,
    settings: Settings,
    progress: Progress = lambda _done, _total: None,
) -> Replay:
    """Run the pipeline on one session's recorded poses.

    Parameters
    ----------
    store, session
        The recorded session and its store.
    settings
        The session's own settings, or others to compare with.
    progress
        Called with the number of poses done and the total.

    Raises
    ------
    RecordError
        If the poses cannot be read.
    """
    poses = store.read(session).poses()
    rooms = Pipeline(NoPictures(), settings)
    found: list[Message] = []
    for done, (seen, _gait) in enumerate(poses.seen(), 1):
        found += rooms.replay(seen).messages
        progress(done, session.frames)
    before: list[Message] = [
        *store.read(session).strides(),
        *store.read(session).events(),
        *store.read(session).verdicts(),
        *store.read(session).cues(),
    ]
    old = [message for message in before if isinstance(message, StrideMetrics)]
    new = [message for message in found if isinstance(message, StrideMetrics)]
    known = {name for stride in old for name in stride.values}
    return Replay(
        before=old,
        now=new,
        identical=_are_identical(
            _rows(before, known),
            _rows(found, known),
            cut_off=session.end_reason in ("", INTERRUPTED),
        ),
        differences=list(_differences(old, new)),
        damage=list(poses.damage),
    )


def _are_identical(
    before: dict[str, list[str]], now: dict[str, list[str]], *, cut_off: bool
) -> bool:
    """Return whether two sets of rows are the same.

    When a session is cut off, poses and rows end at different moments: up to a second of either is
    lost. The rows that both have must be the same.
    """
    if not cut_off:
        return before == now
    return all(
        rows[: len(again)] == again[: len(rows)]
        for rows, again in zip(before.values(), now.values(), strict=True)
    )


def _rows(messages: Sequence[Message], known: set[str]) -> dict[str, list[str]]:
    """Return the rows of each table as text that keeps every bit of a number.

    Only known metrics are compared: one added after the recording is not a difference.
    """
    rows: dict[str, list[str]] = {"strides": [], "events": [], "verdicts": [], "cues": []}
    for message in messages:
        row = row_of(_with_known(message, known))
        if row is not None and row[0] in rows:
            compared = {name: value for name, value in row[1].items() if name not in _UNCOMPARED}
            if isinstance(message, Verdict):
                compared |= {"cue": english_cue(message.cue)}
            rows[row[0]].append(repr(compared))
    return rows


def _with_known(message: Message, known: set[str]) -> Message:
    if not isinstance(message, StrideMetrics):
        return message
    return replace(message, values={name: message.value(name) for name in sorted(known)})


def _differences(
    before: Sequence[StrideMetrics], now: Sequence[StrideMetrics]
) -> Iterator[Difference]:
    pairs = list(_pairs(before, now))
    for metric in METRIC_NAMES:
        values = [(a.value(metric), b.value(metric)) for a, b in pairs]
        known = [(a, b) for a, b in values if isfinite(a) and isfinite(b)]
        most = max((abs(a - b) for a, b in known), default=0.0)
        if most > 0:
            yield Difference(
                metric=metric,
                before=sum(a for a, _ in known) / len(known),
                now=sum(b for _, b in known) / len(known),
                most=most,
                strides=len(known),
            )


def _pairs(
    before: Sequence[StrideMetrics], now: Sequence[StrideMetrics]
) -> Iterator[tuple[StrideMetrics, StrideMetrics]]:
    for side in {stride.side for stride in before}:
        waiting = sorted((s for s in now if s.side is side), key=lambda s: s.start_s)
        at = 0
        for old in sorted((s for s in before if s.side is side), key=lambda s: s.start_s):
            while at < len(waiting) and waiting[at].start_s < old.start_s - _SAME_S:
                at += 1
            if at < len(waiting) and waiting[at].start_s <= old.start_s + _SAME_S:
                yield old, waiting[at]
                at += 1
