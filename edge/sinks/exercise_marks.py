"""Exercise results as marks of the session."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime

from edge.exercises.neutral_stance import NEUTRAL
from edge.messages.exercise import ExerciseState, ExerciseUpdate
from edge.messages.message import Message
from edge.messages.outcome import Outcome
from edge.record.exercise_data import exercise_data
from edge.record.session_writer import SessionWriter


def mark_exercises(
    session: SessionWriter, outcome: Outcome, now: Callable[[], datetime], *, first: bool
) -> None:
    """Mark each result of a frame; at a session's ``first`` frame also the stance in force.

    A session in which nobody walked or ran is kept for results about a runner, but not for results
    about the camera.
    """
    stance = outcome.seen.neutral
    if first and stance is not None:
        session.mark(now(), NEUTRAL, "", asdict(stance), keep=False)
    mark_results(session, outcome.messages, now)


def mark_results(
    session: SessionWriter, messages: Iterable[Message], now: Callable[[], datetime]
) -> None:
    """Mark each result among some messages, such as those at the end of all frames."""
    for message in messages:
        if isinstance(message, ExerciseUpdate) and message.state is ExerciseState.DONE:
            data, keep = exercise_data(message), bool(message.values)
            session.mark(now(), message.kind, "", data, keep=keep)
