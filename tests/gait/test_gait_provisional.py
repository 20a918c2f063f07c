import logging

import pytest

from edge.gait.provisional import ProvisionalEvents
from edge.messages.gait import EventKind, GaitEvent
from edge.messages.side import Side

CONTACT, PEAK, TOE_OFF = EventKind


def event(
    time_s: float, kind: EventKind = CONTACT, side: Side = Side.LEFT, *, confirmed: bool = False
) -> GaitEvent:
    return GaitEvent(
        kind=kind,
        side=side,
        near=True,
        time_s=time_s,
        decided_at_s=time_s + 0.03,
        confidence=0.9,
        confirmed=confirmed,
    )


def test_news_is_told_once() -> None:
    events = ProvisionalEvents()
    first = event(1.0)
    assert events.offer(first) == [first]
    assert events.offer(event(1.02)) == []
    assert events.offer(event(0.98)) == []
    assert len(events.offer(event(1.7))) == 1


def test_other_legs_and_kinds_are_other_news() -> None:
    events = ProvisionalEvents()
    told = [event(1.0), event(1.05, PEAK), event(1.1, TOE_OFF), event(1.0, side=Side.RIGHT)]
    assert [events.offer(e) for e in told] == [[e] for e in told]


def test_what_is_already_confirmed_is_no_news() -> None:
    events = ProvisionalEvents()
    events.confirm(event(1.0, confirmed=True))
    assert events.offer(event(1.03)) == []
    assert len(events.offer(event(1.03, PEAK))) == 1


def test_one_that_is_never_confirmed_harms_nothing() -> None:
    events = ProvisionalEvents()
    assert len(events.offer(event(1.0))) == 1
    assert len(events.offer(event(1.7))) == 1
    events.confirm(event(1.71, confirmed=True))
    assert len(events.offer(event(2.4))) == 1


def test_reset_forgets_what_was_told() -> None:
    events = ProvisionalEvents()
    events.offer(event(1.0))
    events.confirm(event(1.0, confirmed=True))
    events.reset()
    assert len(events.offer(event(1.0))) == 1


@pytest.mark.parametrize(("confirmed_s", "logged"), [(1.02, False), (1.03, True), (1.7, False)])
def test_a_large_correction_is_logged(
    caplog: pytest.LogCaptureFixture, confirmed_s: float, logged: bool
) -> None:
    events = ProvisionalEvents()
    events.offer(event(1.0))
    with caplog.at_level(logging.DEBUG, logger="edge.gait.provisional"):
        events.confirm(event(confirmed_s, confirmed=True))
    assert bool(caplog.messages) is logged
    if logged:
        assert caplog.messages == ["left initial_contact at 1.030 s was reported 30 ms early"]
