"""Events: the synthetic runner's against their exact times, and one leg's signals made by hand."""

from functools import cache

import numpy as np
import pytest
from recordings import EXACT, events_of, record, tracked
from synthetic import BENT_PUSH_OFF, GOOD, KNEES_FORWARD, QUICK, Camera, Runner

from edge.gait.foot_signals import LegSignals
from edge.gait.phases import PhaseDetector
from edge.gait.tracker import GaitMessage
from edge.messages import EventKind, Floats, GaitEvent, Phase, Side

SECONDS = 3.5
FORMS = {"good": GOOD, "knees forward": KNEES_FORWARD, "bent": BENT_PUSH_OFF, "quick": QUICK}
CONTACT, PEAK, TOE_OFF = EventKind
# The fit over 117 ms rounds the figure's landing and leaving: contact comes 3 ms early and toe-off
# 4 to 9 ms late at every rate. At 30 Hz its five samples lose the foot around some toe-offs.
TOLERANCE_S = {CONTACT: 0.005, PEAK: 0.004, TOE_OFF: 0.010}
TOLERANCE_30_HZ_S = TOLERANCE_S | {TOE_OFF: 0.025}
CASES = [
    *((form, fps, Side.RIGHT) for form in FORMS for fps in (30.0, 60.0)),
    ("good", 120.0, Side.RIGHT),
    ("good", 30.0, Side.LEFT),
    ("good", 60.0, Side.LEFT),
    ("bent", 60.0, Side.LEFT),
]


@cache
def messages_of(form: str, fps: float, facing: Side) -> list[GaitMessage]:
    return tracked(record(Runner(FORMS[form], Camera(facing=facing)), SECONDS, fps).poses)


def nearest(truth: Floats, found: Floats) -> Floats:
    """Return, per true event, how much later the nearest found one is."""
    gaps = found[None] - truth[:, None]
    return np.asarray(gaps[np.arange(truth.size), np.abs(gaps).argmin(axis=1)])


@pytest.mark.parametrize(("form", "fps", "facing"), CASES)
def test_every_event_is_found_once_and_in_time(form: str, fps: float, facing: Side) -> None:
    runner = Runner(FORMS[form], Camera(facing=facing))
    tolerance = TOLERANCE_30_HZ_S if fps < 60 else TOLERANCE_S
    for kind in EventKind:
        for side in Side:
            found = events_of(messages_of(form, fps, facing), kind, side)
            found = found[(found > 0.8) & (found < SECONDS - 0.3)]
            truth = runner.events(kind, side, SECONDS)
            late = nearest(found, truth)
            assert np.abs(late).max() < tolerance[kind], (kind, side)
            # One for each between the first and the last: none missed, none twice.
            assert np.diff(found) == pytest.approx(runner.stride_s, abs=0.04)
            assert found.size >= np.floor((SECONDS - 1.1) / runner.stride_s)


@pytest.mark.parametrize("fps", [30.0, 60.0])
def test_the_two_facings_have_the_same_events(fps: float) -> None:
    # The near leg changes with the facing; seen from the other side the same leg is far.
    right, left = (messages_of("good", fps, facing) for facing in Side)
    for kind in (CONTACT, PEAK):
        for side in Side:
            a, b = events_of(right, kind, side), events_of(left, kind, side)
            assert np.abs(nearest(a[a > 0.8], b)).max() < 0.004


def test_thirty_and_sixty_frames_a_second_agree() -> None:
    for kind in (CONTACT, PEAK):
        for side in Side:
            coarse, fine = (
                events_of(messages_of("good", fps, Side.RIGHT), kind, side) for fps in (30.0, 60.0)
            )
            assert np.abs(nearest(coarse[coarse > 0.8], fine)).max() < 0.004


def test_events_come_in_the_order_of_stance() -> None:
    for side in Side:
        kinds = [
            m.kind
            for m in messages_of("good", 60.0, Side.RIGHT)
            if isinstance(m, GaitEvent) and m.side is side
        ]
        start = kinds.index(CONTACT)
        expected = [CONTACT, PEAK, TOE_OFF] * len(kinds)
        assert kinds[start:] == expected[: len(kinds) - start]


def test_an_event_is_decided_after_it_happened_and_soon() -> None:
    events = [m for m in messages_of("good", 60.0, Side.RIGHT) if isinstance(m, GaitEvent)]
    # What lies before the facing was known is decided when it becomes known.
    delays = [e.decided_at_s - e.time_s for e in events if e.time_s > 0.4]
    assert min(delays) > 0.0
    assert max(delays) < 0.2


def test_events_say_which_leg_is_near() -> None:
    for facing in Side:
        for event in messages_of("good", 60.0, facing):
            if isinstance(event, GaitEvent):
                assert event.near == (event.side is facing)
                assert event.confirmed
                assert event.confidence == pytest.approx(0.9)


STRIDE_S, STANCE_S, BELT_PX_S = 0.72, 0.24, 600.0


def signals(time_s: float) -> LegSignals:
    """Return a leg whose foot reaches furthest at every 0.72 s, with a knee peak 0.12 s later."""
    phase = np.mod(time_s, STRIDE_S)
    lifted = np.clip((phase - 0.24) / 0.02, 0.0, 1.0) if phase < 0.6 else 0.0
    return LegSignals(
        time_s=time_s,
        decided_at_s=time_s + 0.05,
        reach=float(-0.2 + 0.5 * np.cos(2 * np.pi * time_s / STRIDE_S)),
        knee_flexion_deg=float(28 - 15 * np.cos(2 * np.pi * phase / 0.24)),
        ball_forward_px_s=-BELT_PX_S,
        ball_up_px_s=float(0.3 * BELT_PX_S * lifted),
        score=0.8,
    )


def detect(
    detector: PhaseDetector, end_s: float = 3.0, walking: bool = False, shift_s: float = 0.0
) -> list[GaitEvent]:
    events = []
    for i in range(round(end_s * 60)):
        events += detector.update(
            _later(signals(i / 60), shift_s), BELT_PX_S, near=True, walking=walking
        )
    return events


def _later(s: LegSignals, by_s: float) -> LegSignals:
    return LegSignals(
        time_s=s.time_s + by_s,
        decided_at_s=s.decided_at_s + by_s,
        reach=s.reach,
        knee_flexion_deg=s.knee_flexion_deg,
        ball_forward_px_s=s.ball_forward_px_s,
        ball_up_px_s=s.ball_up_px_s,
        score=s.score,
    )


def test_contact_is_the_furthest_reach_and_the_offset() -> None:
    events = detect(PhaseDetector(Side.LEFT, EXACT))
    times = np.array([e.time_s for e in events if e.kind is CONTACT])
    expected = STRIDE_S * np.arange(1, 5) + EXACT.contact_offset_s
    assert times == pytest.approx(expected, abs=1e-3)


def test_a_walker_lands_at_the_furthest_reach() -> None:
    events = detect(PhaseDetector(Side.LEFT, EXACT), walking=True)
    times = np.array([e.time_s for e in events if e.kind is CONTACT])
    assert times == pytest.approx(STRIDE_S * np.arange(1, 5), abs=1e-3)


def test_the_peak_is_the_first_one_after_contact() -> None:
    events = detect(PhaseDetector(Side.LEFT, EXACT))
    times = np.array([e.time_s for e in events if e.kind is PEAK])
    assert times == pytest.approx(STRIDE_S * np.arange(1, 4) + 0.12, abs=2e-3)


def test_events_carry_side_score_and_the_frame_that_settled_them() -> None:
    for event in detect(PhaseDetector(Side.LEFT, EXACT)):
        assert event.side is Side.LEFT
        assert event.near
        assert event.confidence == pytest.approx(0.8)
        assert event.decided_at_s > event.time_s


def test_shifting_time_shifts_events_only() -> None:
    plain, later = (detect(PhaseDetector(Side.LEFT, EXACT), shift_s=by) for by in (0.0, 900.0))
    assert [e.kind for e in later] == [e.kind for e in plain]
    np.testing.assert_allclose(
        [e.time_s - 900.0 for e in later], [e.time_s for e in plain], atol=1e-6
    )


def test_replay_after_reset_is_identical() -> None:
    detector = PhaseDetector(Side.LEFT, EXACT)
    first = detect(detector, 2.3)
    detector.reset()
    assert detector.phase is Phase.UNKNOWN
    assert detect(detector, 2.3) == first


def test_a_leg_that_does_not_move_has_no_events() -> None:
    detector = PhaseDetector(Side.LEFT, EXACT)
    for i in range(180):
        assert not detector.update(
            _later(signals(0.0), i / 60), BELT_PX_S, near=True, walking=False
        )


def test_absent_signals_have_no_events_and_no_warnings() -> None:
    detector = PhaseDetector(Side.LEFT, EXACT)
    detect(detector, 1.0)
    for i in range(60, 180):
        absent = LegSignals(
            time_s=i / 60,
            decided_at_s=i / 60 + 0.05,
            reach=np.nan,
            knee_flexion_deg=np.nan,
            ball_forward_px_s=np.nan,
            ball_up_px_s=np.nan,
            score=np.nan,
        )
        assert not detector.update(absent, np.nan, near=True, walking=False)


def test_the_stride_estimate_follows_the_runner() -> None:
    detector = PhaseDetector(Side.LEFT, EXACT)
    detect(detector, 5.0)
    assert detector.stride_s == pytest.approx(STRIDE_S, abs=0.01)
