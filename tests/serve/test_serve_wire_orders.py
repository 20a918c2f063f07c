"""What clients send: orders keep to the schema, anything else is refused in a sentence."""

import json
from contextlib import suppress
from typing import Any, get_args

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.messages.gait import EventKind
from edge.messages.side import Side
from edge.messages.visit import PainChange
from edge.serve.access.roles import Role
from edge.serve.wire import (
    commands,
    protocol,
    visit_commands,
    wire_schema,
)

COMMANDS: list[commands.Command] = [
    commands.StartSession(id=0, runner="R-07", belt_speed_mps=3.0),
    commands.StopSession(id=1),
    commands.SetBelt(id=2, speed_mps=3.0, incline_pct=None),
    commands.CaptureNeutral(id=3),
    commands.ClearNeutral(id=4),
    commands.SetDisplay(id=5, mode=commands.Mode.MIRROR, panels=(commands.Panel.CUE,)),
    commands.SetMute(id=6, muted=True),
    commands.SetMetronome(id=7, on=True, target_spm=175.0, ramp_s=60.0),
    commands.SetThresholds(id=8, knee_toe_red_pct=5.0),
    commands.SetMark(id=9, kind="pain_now", note="links, Wade"),
    commands.GiveCue(id=10, kind="sit_back"),
    commands.CheckSetUp(id=11),
    commands.StartExercise(id=13, kind="walking"),
    commands.StopExercise(id=14, kind="walking"),
    commands.ShowPairing(id=12, role=Role.VIEWER),
    commands.SetPoints(
        id=17,
        kind=EventKind.TOE_OFF,
        side=Side.LEFT,
        time_s=12.25,
        knee=(500.0, 300.5),
        ankle=(480.0, 400.0),
        heel=(470.0, 415.0),
        toe=(520.0, -3.0),
    ),
    commands.ClearPoints(id=18),
    commands.AskOutcome(id=15, command=9),
    commands.SetMark(id=16, heartbeat=41, kind="pain_now"),
    visit_commands.StartVisit(id=19, runner="R-07", number=5, pain_side=Side.LEFT, pain_level=4),
    visit_commands.VisitNext(id=20, step="warm_up"),
    visit_commands.VisitSkip(id=21, step="neutral.2"),
    visit_commands.VisitRepeat(id=22, step="cue", of="baseline"),
    visit_commands.VisitGoOn(id=23, step="cue"),
    visit_commands.VisitPain(id=24, step="pain", level=2, change=PainChange.BETTER),
    visit_commands.VisitStop(id=25),
]


@given(st.one_of(st.text(max_size=100), st.binary(max_size=100)))
def test_decode_client_only_gives_client_messages_or_wire_errors(data: Any) -> None:
    with suppress(protocol.WireError):
        assert isinstance(protocol.decode_client(data), get_args(protocol.FromClient))


@pytest.mark.parametrize("order", COMMANDS, ids=lambda order: type(order).__name__)
def test_orders_keep_to_the_schema_and_come_back(order: commands.Command) -> None:
    text = protocol.encode_text(order)
    jsonschema.validate(json.loads(text), json.loads(wire_schema.schema_text()))
    assert protocol.decode_client(text) == order


def test_every_order_is_among_those() -> None:
    assert {type(order) for order in COMMANDS} == set(get_args(commands.Command))


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"start_session","id":5,"runner":"Anna Smith"}',
        '{"type":"start_session","id":5,"runner":"%s"}' % ("a" * 33),
        '{"type":"start_session","id":5}',
        '{"type":"set_belt","id":5,"speed_mps":12.5}',
        '{"type":"set_belt","id":5,"speed_mps":NaN}'.replace("NaN", '"fast"'),
        '{"type":"set_mark","id":5,"kind":"pain_now","note":"%s"}' % ("a" * 121),
        '{"type":"set_mark","id":5,"kind":"Pain!"}',
        '{"type":"set_mute","id":5,"muted":true,"x":1}',
        '{"type":"set_display","id":5,"panels":["cue","cue","cue","cue","cue","cue","cue","cue"]}',
        '{"type":"open_door","id":5}',
    ],
)
def test_an_order_that_cannot_be_taken_names_its_number(text: str) -> None:
    with pytest.raises(protocol.CommandError) as caught:
        protocol.decode_client(text)
    assert caught.value.id == 5


@pytest.mark.parametrize(
    "text",
    ['{"type":"ack"}', '{"type":"ack","seq":"1"}', '{"type":"ack","seq":1,"x":1}', '{"type":"no"}'],
)
def test_an_unknown_client_message_is_refused(text: str) -> None:
    with pytest.raises(protocol.WireError):
        protocol.decode_client(text)


def test_a_huge_client_message_is_refused_unread() -> None:
    with pytest.raises(protocol.WireError, match="at most"):
        protocol.decode_client(" " * protocol.MAX_CLIENT_BYTES + '{"type":"ack","seq":1}')


@pytest.mark.parametrize(
    "sent",
    [
        '{"x":' + "[" * 20_000 + "]" * 20_000 + ',"type":"set_mute","id":1,"muted":true}',
        '{"type":"set_mute","id":1,"muted":true,"x":' + '{"x":' * 9000 + "1" + "}" * 9000 + "}",
        '{"type":"set_belt","id":1,"speed_mps":NaN}',
        '{"type":"set_belt","id":1,"speed_mps":-Infinity}',
        '{"type":"set_belt","id":1,"speed_mps":1e999}',
        '{"type":"set_belt","id":1,"speed_mps":' + "9" * 5000 + "}",
        '{"type":"set_belt","id":' + "9" * 5000 + ',"speed_mps":1}',
        '{"type":"set_mark","id":1,"kind":"a","note":"\\ud800"}',
        '{"type":"set_mark","id":1,"kind":"a","note":"\\ud800x"}',
        '{"type":"ack","seq":1,"received_ms":1e400,"painted_ms":NaN}',
        '{"type":"set_mute","id":1,"muted":"true"}',
        "\ud800",
        b"\xff\xfe{",
        "\x00",
    ],
)
def test_what_no_page_sends_is_refused_in_a_sentence(sent: str | bytes) -> None:
    with pytest.raises(protocol.WireError, match="not a message for the station") as error:
        protocol.decode_client(sent)
    assert len(str(error.value)) < 200
    str(error.value).encode()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\x00", "\u202e", " ", "\u2028", "\t"])
@pytest.mark.parametrize(
    "order",
    [
        {"type": "start_session", "id": 1, "runner": "R-07"},
        {"type": "set_mark", "id": 1, "kind": "pain_now"},
        {"type": "give_cue", "id": 1, "kind": "praise"},
        {"type": "start_exercise", "id": 1, "kind": "set_up"},
    ],
)
def test_a_pseudonym_or_kind_ends_where_it_is_seen_to_end(order: dict[str, Any], end: str) -> None:
    schema = json.loads(wire_schema.schema_text())
    field = "runner" if "runner" in order else "kind"
    assert protocol.decode_client(json.dumps(order))
    spoilt = json.dumps(order | {field: order[field] + end})
    with pytest.raises(protocol.CommandError):
        protocol.decode_client(spoilt)
    jsonschema.validate(order, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(spoilt), schema)
