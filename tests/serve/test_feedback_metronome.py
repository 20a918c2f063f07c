"""The metronome obeys the step of a visit, and no operator can start it where there is none."""

import asyncio

from skeletons import BLAZEPOSE33

from edge.messages.feedback import FeedbackGate, GateReason
from edge.serve.access.principal import STATION
from edge.serve.control.command_router import CommandRouter
from edge.serve.live.client_registry import ClientRegistry
from edge.serve.live.hub import Hub
from edge.serve.wire import protocol
from edge.serve.wire.commands import SetMetronome
from edge.serve.wire.encode import hello_for
from edge.serve.wire.status_messages import Answer, Display
from edge.settings.serve_settings import ServeSettings
from edge.settings.settings import Settings

SILENT = FeedbackGate(time_s=0.0, on=False, reason=GateReason.NO_CUE, step="baseline")
FREE = FeedbackGate(time_s=9.0, on=True, reason=GateReason.FREE)
BEATS = FeedbackGate(
    time_s=1.0,
    on=True,
    reason=GateReason.ON,
    cue="cadence",
    step="cue.2",
    metronome_spm=166.0,
    metronome_from_spm=160.0,
    metronome_ramp_s=90.0,
)


class Shown(Hub):
    """A hub that keeps what every page is sent."""

    def __init__(self) -> None:
        super().__init__(ServeSettings(), hello_for(Settings(), "0.1.0", skeleton=BLAZEPOSE33))
        self.displays: list[Display] = []

    def broadcast(self, message: protocol.Text) -> None:
        if isinstance(message, Display):
            self.displays.append(message)
        super().broadcast(message)


def after(*given: FeedbackGate | SetMetronome) -> tuple[list[Display], list[Answer]]:
    """Return the displays shown and the answers after messages and commands, in their order."""

    async def steer() -> tuple[list[Display], list[Answer]]:
        hub = Shown()
        router = CommandRouter(hub, ClientRegistry(64))
        router.open()
        running = asyncio.create_task(hub.run())
        answers = []
        for each in given:
            if isinstance(each, SetMetronome):
                answers.append(await router.take(each, STATION))
            else:
                hub.publish(each)
                for _ in range(5):
                    await asyncio.sleep(0)
        running.cancel()
        return hub.displays, answers

    return asyncio.run(steer())


def test_a_step_starts_the_metronome_and_the_next_ends_it() -> None:
    displays, _ = after(SILENT, BEATS, SILENT)
    assert [display.metronome_on for display in displays] == [False, True, False]
    beating = displays[1]
    assert (beating.metronome_spm, beating.metronome_from_spm) == (166.0, 160.0)
    assert beating.metronome_ramp_s == 90.0


def test_an_operators_metronome_ends_with_the_feedback() -> None:
    by_hand = SetMetronome(id=1, on=True, target_spm=170.0)
    displays, _ = after(FREE, by_hand, SILENT)
    assert [display.metronome_on for display in displays] == [False, True, False]


def test_nobody_starts_the_metronome_while_feedback_is_off() -> None:
    by_hand = SetMetronome(id=1, on=True, target_spm=170.0)
    displays, answers = after(SILENT, by_hand)
    assert [answer.code for answer in answers] == ["no_feedback"]
    assert not displays[-1].metronome_on


def test_an_operators_metronome_outlives_what_does_not_concern_it() -> None:
    by_hand = SetMetronome(id=1, on=True, target_spm=170.0)
    displays, _ = after(by_hand, FREE)
    assert displays[-1].metronome_on
