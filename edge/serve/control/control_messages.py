"""Status messages about session, limits, exercises, neutral stance and set-up check."""

from math import isfinite

from edge.i18n.word_catalogue import DEFAULT, load
from edge.messages.exercise import ExerciseState, ExerciseUpdate, Result
from edge.messages.points_by_hand import SET_POINTS, PointsByHand
from edge.messages.seen import Stance
from edge.messages.session import SessionNews
from edge.serve.wire import session_messages
from edge.serve.wire.encode import notice_told
from edge.serve.wire.status_messages import (
    Check,
    Exercise,
    Finding,
    Limits,
    Neutral,
    Points,
    Progress,
    SetPoint,
    SetUp,
)
from edge.settings.coaching_settings import CoachingSettings


def plain(value: float) -> float | None:
    """Return a number as on the wire: None where it is absent."""
    return float(value) if isfinite(value) else None


def session_message(news: SessionNews) -> session_messages.Session:
    """Return the wire message of the session in progress."""
    return session_messages.Session(
        name=news.name,
        started_at=news.started_at,
        recording=news.recording,
        runner=news.runner,
        started_s=plain(news.started_s),
        belt_speed_mps=news.belt.speed_mps,
        incline_pct=news.belt.incline_pct,
        **notice_told(news.notice),
    )


def limits_message(
    coaching: CoachingSettings,
    cadence: tuple[float, float, float],
    *,
    cadence_is_cue: bool = False,
) -> Limits:
    """Return the wire message of the limits, the baseline cadence and the target range."""
    baseline_spm, low_spm, high_spm = cadence
    return Limits(
        knee_toe_amber_pct=coaching.knee_toe_amber_pct,
        knee_toe_red_pct=coaching.knee_toe_red_pct,
        push_off_amber_deg=coaching.push_off_amber_deg,
        push_off_red_deg=coaching.push_off_amber_deg + coaching.push_off_red_above_deg,
        baseline_spm=plain(baseline_spm),
        target_low_spm=plain(low_spm),
        target_high_spm=plain(high_spm),
        cadence_is_cue=cadence_is_cue,
    )


def limits_kept(limits: Limits) -> dict[str, float | None]:
    """Return the limits as recorded in the session."""
    return {
        "knee_toe_amber_pct": limits.knee_toe_amber_pct,
        "knee_toe_red_pct": limits.knee_toe_red_pct,
        "push_off_amber_deg": limits.push_off_amber_deg,
        "push_off_red_deg": limits.push_off_red_deg,
    }


def exercise_message(update: ExerciseUpdate) -> Exercise:
    """Return the progress of an exercise other than the neutral stance and the set-up check."""
    return Exercise(
        kind=update.kind,
        state=Progress(update.state),
        progress=round(update.progress, 2),
        code=update.code,
        time_s=plain(update.time_s),
        values={name: plain(value) for name, value in update.values.items()},
        labels=dict(update.labels),
    )


def neutral_message(update: ExerciseUpdate, kept: Stance | None) -> Neutral:
    """Return the progress of the neutral stance, and the stance in force."""
    return Neutral(
        state=Progress(update.state),
        progress=round(update.progress, 2),
        code=update.code,
        text=_stance_text(update.code),
        kept=kept is not None,
        captured_at_s=None if kept is None else plain(kept.captured_at_s),
        knee_flexion_deg=None if kept is None else round(kept.knee_flexion_deg, 1),
        shank_angle_deg=None if kept is None else round(kept.shank_angle_deg, 1),
        foot_angle_deg=None if kept is None else round(kept.foot_angle_deg, 1),
    )


def points_message(points: PointsByHand | None) -> Points:
    """Return the points set by hand that are in force; None for the model's own."""
    if points is None:
        return Points(side=None, kind=None, still_s=None, set_at="", set_by="", points=())
    places = zip(SET_POINTS, points.offsets_legs, points.model_px, points.hand_px, strict=True)
    return Points(
        side=points.side,
        kind=points.kind,
        still_s=points.still_s,
        set_at=points.set_at,
        set_by=points.set_by,
        points=tuple(
            SetPoint(
                name=name,
                forward_pct=round(100 * forward, 2),
                up_pct=round(100 * up, 2),
                model_px=model_px,
                hand_px=hand_px,
            )
            for name, (forward, up), model_px, hand_px in places
        ),
    )


def _stance_text(code: str) -> str:
    return "" if code in ("none", "done") else load(DEFAULT).text(f"stance.{code}")


def set_up_message(update: ExerciseUpdate) -> SetUp:
    """Return the progress of the set-up check, and its lines."""
    words = load(DEFAULT)
    lines = tuple(
        Check(
            name=line.name,
            finding=Finding(line.result),
            code=line.code,
            text=line.text(words),
            value=plain(round(line.value, 2)),
            unit=line.unit,
        )
        for line in update.findings
    )
    return SetUp(
        state=Progress(update.state),
        progress=round(update.progress, 2),
        text=_set_up_text(update),
        checks=lines,
    )


def _set_up_text(update: ExerciseUpdate) -> str:
    if update.state is ExerciseState.MEASURING:
        return load(DEFAULT).text("page.check_measuring")
    wrong = sum(line.result is Result.FIX for line in update.findings)
    if wrong:
        return f"{wrong} of {len(update.findings)} to change."
    return "All is well." if update.findings else ""
