"""Messages for plug-in sinks: wire messages as plain JSON values."""

from typing import Any

import msgspec

from edge.messages.exercise import ExerciseUpdate
from edge.messages.gait import GaitEvent, GaitState
from edge.messages.health import Health
from edge.messages.notice import NoticeChange
from edge.messages.session import SessionNews
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import Bands, Cue, Verdict
from edge.serve.control.control_messages import exercise_message, session_message
from edge.serve.wire.encode import notice_told, text_for


def plugin_record(message: object) -> dict[str, Any] | None:
    """Return a message as the pages get it, a dictionary with its ``type``.

    It holds only strings, numbers, lists, dictionaries and None for absent values. Returns None
    for a message that is not for plug-ins, such as a key pose.
    """
    match message:
        case GaitEvent() | GaitState() | StrideMetrics() | Bands() | Verdict() | Cue() | Health():
            record: dict[str, Any] = msgspec.to_builtins(text_for(message))
            return record
        case SessionNews():
            news: dict[str, Any] = msgspec.to_builtins(session_message(message))
            return news
        case NoticeChange():
            told = notice_told(message.notice)
            return {"type": "notice", **told, "time_s": message.time_s, "holds": message.holds}
        case ExerciseUpdate():
            exercise: dict[str, Any] = msgspec.to_builtins(exercise_message(message))
            return exercise
    return None
