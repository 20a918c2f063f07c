"""What is forgotten when another runner, or another session, begins."""

from dataclasses import replace
from typing import Any

from hub_messages import gait_state, stride
from test_runner_watch import news

from edge.messages.side import Side
from edge.serve.live.runner_turns import RunnerTurns, Turn


def counts(turns: RunnerTurns, strides: int) -> list[int]:
    texts: list[Any] = [turns.text(stride(number)) for number in range(strides)]
    return [text.count for text in texts]


def test_strides_are_counted_in_a_session_and_estimated_over_a_runner() -> None:
    turns = RunnerTurns()
    turns.follow(news("a", "R-1", 0.0))
    assert counts(turns, 3) == [1, 2, 3]
    turn = turns.another()
    assert turn == Turn(runner=turns.runner, another_session=False)
    text: Any = turns.text(stride(3))
    assert text.count == 4
    assert {estimate.count for estimate in text.recent.values()} <= {1}
    turn = turns.follow(news("b", "R-2", 9.0))
    assert turn is not None
    assert turn.another_session
    assert counts(turns, 1) == [1]


def test_the_same_news_are_no_turn() -> None:
    turns = RunnerTurns()
    turns.follow(news("a", "R-1"))
    assert turns.waiting
    assert turns.session_name == "a"
    assert turns.follow(news("a", "R-1", 3.0)) is None
    assert not turns.waiting


def test_a_state_is_news_if_it_differs_and_to_another_runners_pages() -> None:
    turns = RunnerTurns()
    state = replace(gait_state(0), facing=Side.LEFT)
    assert [turns.changes(state), turns.changes(state)] == [True, False]
    facing = [turns.facing]
    turns.another()
    assert [*facing, turns.facing] == [Side.LEFT, None]
    assert turns.changes(state)
