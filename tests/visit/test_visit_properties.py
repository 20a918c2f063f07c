"""Whatever is pressed, and whatever the runner does: a visit never loses a block or goes back."""

from itertools import pairwise
from math import isnan

from hypothesis import given, settings
from hypothesis import strategies as st
from visiting import Played

from edge.messages.gait import Activity
from edge.messages.side import Side
from edge.messages.visit import Block, VisitStatus, VisitStep
from edge.visit.visit_run import STEP_OVER

PRESSES = ("next", "skip", "repeat", "go_on", "answer", "stop_by_pain")
actions = st.one_of(
    st.tuples(st.just("do"), st.sampled_from(Activity), st.sampled_from([0.3, 1.0, 4.0, 7.0])),
    st.tuples(st.sampled_from(PRESSES), st.booleans(), st.just(0)),
    st.tuples(st.just("again"), st.integers(0, 12), st.just(0)),
    st.tuples(st.just("turn"), st.just(0), st.just(0)),
    st.tuples(st.just("another"), st.booleans(), st.just(0)),
    st.tuples(st.just("belt"), st.sampled_from([2.0, 2.1, 3.0]), st.just(0)),
    st.tuples(st.just("gap"), st.sampled_from([0.5, 3.0, 60.0]), st.just(0)),
    st.tuples(st.just("camera"), st.just(0), st.just(0)),
    st.tuples(st.just("session"), st.sampled_from(["", "s2", "s3"]), st.just(0)),
)


def play(played: Played, action: tuple[str, object, float]) -> None:
    """Do one thing; a press on another step than the current one must change nothing."""
    name, what, seconds = action
    run, current = played.run, played.run.status.current
    match name:
        case "do":
            assert isinstance(what, Activity)
            played.do(what, seconds)
        case "again":
            ids = [step.id for step in run.status.steps]
            assert isinstance(what, int)
            run.repeat(current, ids[what % len(ids)])
        case "turn":
            played.side = Side.LEFT if played.side is Side.RIGHT else Side.RIGHT
        case "another":
            played.give(another_person=bool(what), fresh=not what)
        case "belt":
            assert isinstance(what, float)
            played.give(played.belt(what))
        case "gap":
            played.give(wait_s=what)
        case "camera":
            run.no_pictures()
        case "session":
            run.follow_session(str(what))
        case _:
            if what:
                getattr(run, name)(current)
            else:
                before = run.status
                assert getattr(run, name)("no such step") == STEP_OVER
                assert run.status == before


def same_stretch(before: Block, after: Block) -> bool:
    kept = ("number", "session", "step", "kind", "start_s")
    ended = isnan(before.end_s) or before.end_s == after.end_s
    return ended and all(getattr(before, name) == getattr(after, name) for name in kept)


def not_back(before: VisitStep, after: VisitStep) -> bool:
    """Return whether a step that was over still is."""
    return not before.state.over or after.state.over


def check(before: VisitStatus, blocks: tuple[Block, ...], played: Played) -> None:
    status, now = played.run.status, played.run.blocks
    assert all(map(same_stretch, blocks, now))
    assert len(now) >= len(blocks)
    assert all(isnan(block.end_s) is False for block in now[:-1])
    for one, other in pairwise(now):
        assert one.end_s <= other.start_s or one.session != other.session
    steps = {step.id: step for step in status.steps}
    assert len(steps) == len(status.steps)
    assert all(not_back(step, steps[step.id]) for step in before.steps)
    assert all(step.elapsed_s >= 0 and step.strides >= 0 for step in status.steps)
    assert status.over or not steps[status.current].state.over
    if before.over:
        assert status == before


@settings(deadline=None, max_examples=60)
@given(st.lists(actions, max_size=25))
def test_nothing_is_lost_and_nothing_goes_back(acts: list[tuple[str, object, float]]) -> None:
    played = Played()
    for action in acts:
        before, blocks = played.run.status, played.run.blocks
        play(played, action)
        check(before, blocks, played)
