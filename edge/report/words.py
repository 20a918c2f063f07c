"""The report's sentences, in the language of its catalogue."""

from collections.abc import Iterator, Sequence
from math import isfinite, nan
from typing import Any, Final

from edge.i18n.reasons import reason_words
from edge.i18n.speed_words import speed_text
from edge.i18n.word_catalogue import DASH, Catalogue
from edge.messages.gait import EventKind
from edge.messages.reading import BeltSource
from edge.messages.side import Side
from edge.messages.verdict import Fault, Verdict, VerdictState
from edge.metrics.catalogue import METRICS
from edge.metrics.reference_curves import DEFAULT_MPS
from edge.numerics.statistics import Spread
from edge.report.changes import Change, Judged, changes
from edge.report.facts import DECIDING, Leg, Visit
from edge.report.local_time import local_minute

_STILLS: Final = {
    EventKind.PEAK_KNEE_FLEXION: "page.points_peak",
    EventKind.TOE_OFF: "page.points_toe_off",
}
# A frame rate below this, and more swapped legs than this, get a note on quality.
_GOOD_HZ: Final = 50.0
_MANY_EXCHANGED: Final = 0.3


def name_of(words: Catalogue, metric: str) -> str:
    """Return a metric's name and unit, as a heading."""
    return f"{words.text(f'metric.{metric}.label')}, {words.text(f'metric.{metric}.unit')}"


def reason_of(words: Catalogue, verdict: Verdict) -> str:
    """Return the reason for a verdict."""
    return reason_words(verdict.reason, words)


def with_unit(words: Catalogue, text: str, metric: str) -> str:
    """Return a formatted number with its metric's unit."""
    unit = words.text(f"metric.{metric}.unit")
    return f"{text}{'' if unit == '°' else ' '}{unit}"


def interval(words: Catalogue, metric: str, spread: Spread, error95: float = nan) -> str:
    """Return mean, unit and interval, such as ``+2.1 % shank, 95 % interval +1.0 to +3.2``.

    ``error95`` is the model's part of the interval, named where it is known.
    """
    signed = METRICS[metric].signed
    mean, low, high = (
        words.number(value, 1, signed=signed) for value in (spread.mean, spread.low, spread.high)
    )
    mean = with_unit(words, mean, metric)
    if not isfinite(spread.low):
        return mean
    text = words.text("report.interval", mean=mean, low=low, high=high)
    if not isfinite(error95):
        return text
    return words.text("report.interval_model", interval=text, error=words.number(error95, 1))


def sentence(words: Catalogue, leg: Leg, fault: Fault) -> str:
    """Return the sentence on one fault of a judged leg, with its value."""
    verdict = leg.verdicts[fault]
    said = (
        words.text("report.not_judged", reason=reason_of(words, verdict))
        if verdict.state is VerdictState.UNKNOWN
        else words.text(f"report.said.{fault}.{verdict.state}")
    )
    return f"{said} ({shown(words, leg, fault)})"


def shown(words: Catalogue, leg: Leg, fault: Fault) -> str:
    """Return mean and interval beside a verdict, and which strides they are of."""
    spread = leg.shown(fault)
    judged = isfinite(leg.verdicts[fault].mean)
    value = interval(words, DECIDING[fault], spread, leg.error95(fault))
    key = "report.over_judged" if judged else "report.over_all"
    return words.text(key, value=value, count=spread.count)


def points_notes(words: Catalogue, leg: Leg, fault: Fault) -> list[str]:
    """Return what was set by hand on this leg, with both numbers; empty if nothing was."""
    points = None if leg.points is None else leg.points.points
    if points is None:
        return []
    set_ = {
        "when": local_minute(points.set_at, words),
        "still": words.text(_STILLS[points.kind]),
    }
    if leg.strides and not leg.by_hand:
        return [words.text("report.points.undone", **set_)]
    metric = DECIDING[fault]
    hand, model = leg.both(metric)
    if not (isfinite(hand.mean) and isfinite(model.mean)):
        return [words.text("report.points.set", **set_)]
    by_hand, by_model = (
        with_unit(words, words.number(mean, 1, signed=METRICS[metric].signed), metric)
        for mean in (hand.mean, model.mean)
    )
    both = {"hand": by_hand, "model": by_model, "count": hand.count}
    return [words.text("report.points.both", **set_, **both)]


def summary_sentences(words: Catalogue, visit: Visit) -> list[str]:
    """Return the plain-language summary of one visit, the judged leg first."""
    legs = sorted(visit.legs.values(), key=lambda leg: not leg.judged)
    return [line for leg in legs for line in _leg_sentences(words, leg)]


def _leg_sentences(words: Catalogue, leg: Leg) -> Iterator[str]:
    name = words.text(f"report.leg.{leg.side}")
    if not leg.judged:
        reason = reason_of(words, leg.verdicts[Fault.KNEES_FORWARD])
        yield f"{name}: {words.text('report.not_judged', reason=reason)}."
        return
    for fault in Fault:
        state = leg.verdicts[fault].state
        judged = "" if state is VerdictState.UNKNOWN else f", {words.text(f'state.{state}')}"
        yield f"{name}{judged}: {sentence(words, leg, fault)}."


def change_sentences(words: Catalogue, visits: Sequence[Visit]) -> list[str]:
    """Return the changes from the first visit to the last, then what could not be judged."""
    lines, silent = [], []
    for side in Side:
        name = words.text(f"report.leg.{side}")
        found = {change.metric: change for change in changes(visits[0], visits[-1], side)}
        if not found:
            silent.append(f"{name}: {words.text('report.not_at_both')}")
        lines += [f"{name}: {_changed(words, found[m])}" for m in DECIDING.values() if found]
    return lines + silent


def _changed(words: Catalogue, change: Change) -> str:
    metric = change.metric
    signed = METRICS[metric].signed
    said = {Judged.CHANGED: "more", Judged.TOO_FEW: "few"}.get(change.judged, "less")
    return words.text(
        f"report.change.{said}",
        low=words.number(change.low, 1, signed=True),
        high=words.number(change.high, 1, signed=True),
        count_before=change.before.count,
        count_after=change.after.count,
        metric=words.text(f"metric.{metric}.label"),
        before=words.number(change.before.mean, 1, signed=signed),
        after=with_unit(words, words.number(change.after.mean, 1, signed=signed), metric),
        change=words.number(change.change, 1, signed=True),
        limit=with_unit(words, words.number(change.mdc), metric),
    )


def change_interval(words: Catalogue, change: Change) -> str:
    """Return the 95 % interval of a change; a dash if unknown."""
    if not isfinite(change.low):
        return DASH
    low, high = (words.number(end, 1, signed=True) for end in (change.low, change.high))
    return words.text("page.interval", low=low, high=high)


def change_cells(words: Catalogue, change: Change) -> dict[str, Any]:
    """Return what a table says of a change beside its means, by name of the column."""
    return {
        "name": name_of(words, change.metric),
        "change": words.number(change.change, 1, signed=True),
        "interval": change_interval(words, change),
        "strides": f"{change.before.count} / {change.after.count}",
        "mdc": words.number(change.mdc, 1),
        "verdict": words.text(f"judged.{change.judged}"),
        "changed": change.judged is Judged.CHANGED,
    }


def quality_notes(words: Catalogue, visit: Visit) -> list[str]:
    """Return notes on the quality of the recording."""
    if not visit.summary["frames"]["captured"]:
        return [words.text("report.quality.no_frames")]
    return list(_quality_notes(words, visit))


def _quality_notes(words: Catalogue, visit: Visit) -> Iterator[str]:
    summary = visit.summary
    frames, sides = summary["frames"], summary["sides"].values()
    rate_hz = summary["frame_rate_hz"]["measured"] or 0.0
    yield words.text("report.quality.frames", rate=rate_hz, **frames)
    if rate_hz < _GOOD_HZ:
        yield words.text("report.quality.slow")
    valid, count = (sum(side[key] for side in sides) for key in ("valid", "strides"))
    yield words.text("report.quality.strides", valid=valid, count=count)
    known = _SPEED_KNOWN[visit.speed_source]
    speed_mps = visit.speed_mps if isfinite(visit.speed_mps) else DEFAULT_MPS
    yield words.text(
        f"report.quality.{known}", speed=speed_text(words, speed_mps, visit.speed_unit)
    )
    if len({round(stretch.speed_mps, 1) for stretch in visit.belt}) > 1:
        changes = _belt_changes(words, visit)
        yield words.text("report.quality.speed_changed", changes=changes)
    swaps = summary["leg_swaps"]
    if swaps["frames"] and swaps["exchanged_frames"] / swaps["frames"] > _MANY_EXCHANGED:
        yield words.text("report.quality.swapped")
    if visit.pictures_hidden:
        yield words.text("report.quality.skeleton_only")
    for damage in visit.damage:
        yield words.text("report.quality.lost", what=damage)
    if visit.session.end_reason == "interrupted":
        yield words.text("report.quality.interrupted")


_SPEED_KNOWN: Final = {
    BeltSource.NONE: "speed_unknown",
    BeltSource.ENTERED: "speed_entered",
    BeltSource.TREADMILL: "speed_treadmill",
    BeltSource.PICTURE: "speed_estimated",
}


def _belt_changes(words: Catalogue, visit: Visit) -> str:
    """Return when the belt was set to which speed: ``0.0 min 2.5 m/s, 4.0 min 3.2 m/s``."""
    origin_s = visit.session.origin_s
    return ", ".join(
        f"{words.number((stretch.from_s - origin_s) / 60, 1)} min "
        f"{speed_text(words, stretch.speed_mps, visit.speed_unit)}"
        for stretch in visit.belt
    )


def mark_words(words: Catalogue, kind: str) -> str:
    """Return a mark's name; one set by another program keeps its own."""
    key = f"mark.{kind}"
    return words.text(key) if key in words else kind.replace("_", " ")
