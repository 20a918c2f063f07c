"""What clients send: orders keep to the schema, anything else is refused in a sentence."""

import json
from contextlib import suppress
from typing import Any, get_args

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire_records import COMMANDS

from edge.serve.wire import (
    commands,
    protocol,
    wire_schema,
)

ORDERS = [order for order in COMMANDS if isinstance(order, get_args(commands.Command))]


@given(st.one_of(st.text(max_size=100), st.binary(max_size=100)))
def test_decode_client_only_gives_client_messages_or_wire_errors(data: Any) -> None:
    with suppress(protocol.WireError):
        assert isinstance(protocol.decode_client(data), get_args(protocol.FromClient))


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: type(order).__name__)
def test_orders_keep_to_the_schema_and_come_back(order: commands.Command) -> None:
    text = protocol.encode_text(order)
    jsonschema.validate(json.loads(text), json.loads(wire_schema.schema_text()))
    assert protocol.decode_client(text) == order


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
