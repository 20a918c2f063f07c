"""Belt speed in the whole pipeline: the source that verdicts use, and the messages on it."""

from dataclasses import replace

import pytest
from recordings import EXACT as EXACT_GAIT
from recordings import record
from synthetic import GOOD, Runner
from test_pipeline import KnownPoses, frames_of, last_verdicts

from edge.i18n.reasons import english
from edge.messages.message import Message
from edge.messages.notice import NoticeChange
from edge.messages.reading import BeltInForce, BeltNotice, BeltSource, Reading
from edge.messages.verdict import Fault, VerdictState
from edge.metrics.model_offsets import NO_OFFSETS
from edge.pipeline import Pipeline
from edge.settings.settings import Settings

RUN = record(Runner(replace(GOOD, push_off_deg=17.5)), 12.0).poses


def told(
    settings: Settings, treadmill_mps: float | None = None, *, incline_pct: float = 0.0
) -> list[Message]:
    def read(time_s: float) -> list[Reading]:
        if treadmill_mps is None:
            return []
        speed = Reading(
            name="belt_speed", value=treadmill_mps, unit="m/s", time_s=time_s, source="made-up"
        )
        return [speed, replace(speed, name="incline", value=incline_pct, unit="%")]

    pipeline = Pipeline(KnownPoses(RUN), settings, NO_OFFSETS, sensors=read)
    return [m for frame in frames_of(RUN) for m in pipeline.update(frame).messages]


def entered(speed_mps: float) -> Settings:
    return Settings(gait=replace(EXACT_GAIT, belt_speed_mps=speed_mps))


def belts(messages: list[Message]) -> list[BeltInForce]:
    return [message for message in messages if isinstance(message, BeltInForce)]


def test_a_treadmill_s_speed_goes_before_the_one_seen() -> None:
    # Bent enough to be a fault at 4.8 m/s, not at the 2.5 m/s of the picture.
    fast = told(entered(0.0), 4.8)
    assert last_verdicts(fast)[Fault.BENT_PUSH_OFF].state in (VerdictState.AMBER, VerdictState.RED)
    assert belts(fast)[-1].source is BeltSource.TREADMILL


def test_a_speed_entered_goes_before_the_treadmill_s() -> None:
    messages = told(entered(2.5), 4.8)
    assert last_verdicts(messages)[Fault.BENT_PUSH_OFF].state is VerdictState.GREEN
    last = belts(messages)[-1]
    assert (last.source, last.notice) == (BeltSource.ENTERED, BeltNotice.ENTERED_TREADMILL)


def test_a_treadmill_that_climbs_ends_the_verdicts() -> None:
    verdict = last_verdicts(told(entered(2.5), 2.5, incline_pct=4.0))[Fault.BENT_PUSH_OFF]
    assert verdict.state is VerdictState.UNKNOWN
    assert "incline" in english(verdict.reason)


@pytest.mark.parametrize(("number", "unit"), [(9.0, "km/h"), (5.6, "mph")])
def test_a_speed_in_another_unit_is_asked_about_and_not_believed(number: float, unit: str) -> None:
    messages = told(entered(number))
    last = belts(messages)[-1]
    assert (last.notice, last.likely_unit) == (BeltNotice.UNIT, unit)
    assert last.source is BeltSource.PICTURE
    assert last.speed_mps == pytest.approx(2.5, rel=0.15)
    notices = [m.notice for m in messages if isinstance(m, NoticeChange) and m.holds]
    assert [n.code for n in notices].count("speed_unit_suspect") == 1
    # By the limits of 4.8 m/s, to which 9.0 is clamped, it would be a fault.
    assert last_verdicts(messages)[Fault.BENT_PUSH_OFF].state is VerdictState.GREEN


def test_what_agrees_is_told_without_a_notice() -> None:
    for messages in (told(entered(0.0)), told(entered(2.5))):
        assert {belt.notice for belt in belts(messages)} == {BeltNotice.NONE}
