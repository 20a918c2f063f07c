"""Answers to recent commands, for a client that lost its connection before the answer came."""

from collections import OrderedDict
from typing import Final, TypeVar

from edge.serve.wire.commands import Done
from edge.serve.wire.status_messages import Answer

# A client asks as soon as it is back, about the few commands that were on their way.
_KEPT: Final = 256

_Key = tuple[str, int]
_T = TypeVar("_T")


class Outcomes:
    """The answers to recent commands, by sender and number of the command."""

    def __init__(self) -> None:
        self._answers: OrderedDict[_Key, Answer | None] = OrderedDict()
        self._refused: OrderedDict[_Key, None] = OrderedDict()

    def refuses(self, who: str, number: int) -> bool:
        """Return whether the sender was already told that this command was not received."""
        return (who, number) in self._refused

    def begin(self, who: str, number: int) -> None:
        """Note that a command is being executed."""
        _put(self._answers, (who, number), None)

    def end(self, who: str, answer: Answer) -> None:
        """Note the answer to a command."""
        _put(self._answers, (who, answer.id), answer)

    def ask(self, who: str, number: int) -> Done:
        """Return what a command was answered.

        A command that was never received is refused from now on.
        """
        key = (who, number)
        if key not in self._answers:
            _put(self._refused, key, None)
            return Done("not_received", "The station never received this command.")
        answer = self._answers[key]
        if answer is None:
            return Done("busy", "The station is busy; look whether it was done.")
        return Done(answer.code, answer.text)


def _put(kept: OrderedDict[_Key, _T], key: _Key, value: _T) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > _KEPT:
        kept.popitem(last=False)
