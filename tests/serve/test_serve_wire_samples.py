"""The wire to the byte: what is sent for fixed records, as the files in ``wire_samples`` hold it.

A client outside this repository reads these bytes. Where a message changes on purpose, write them
anew and look at the difference: ``TOELINE_WRITE_SAMPLES=1 pytest tests/serve/<this file>``.
"""

import os
from pathlib import Path
from typing import get_args

import pytest
from wire_records import COMMANDS, JPEG, headers, texts

from edge.serve.wire import (
    binary,
    commands,
    protocol,
)

SAMPLES = Path(__file__).parent / "wire_samples"


def _lines(messages: list[protocol.Text] | list[protocol.FromClient]) -> bytes:
    return "".join(f"{protocol.encode_text(message)}\n" for message in messages).encode()


BINARIES = {name: binary.pack(*sent) for name, sent in headers().items()}
SENT = {"station.jsonl": _lines(texts()), "client.jsonl": _lines(COMMANDS), **BINARIES}


@pytest.mark.parametrize("name", sorted(SENT))
def test_fixed_records_are_sent_as_the_samples_say(name: str) -> None:
    if os.environ.get("TOELINE_WRITE_SAMPLES"):
        (SAMPLES / name).write_bytes(SENT[name])
    assert SENT[name] == (SAMPLES / name).read_bytes()


def test_there_is_a_sample_of_every_message_and_no_other_file() -> None:
    assert {type(message) for message in texts()} == set(get_args(protocol.Text))
    known = {protocol.Ack, protocol.HeartbeatReply, *get_args(commands.Command)}
    assert {type(message) for message in COMMANDS} == known
    assert {path.name for path in SAMPLES.iterdir()} == set(SENT)


def test_samples_are_read_back_as_they_were_sent() -> None:
    stations = (SAMPLES / "station.jsonl").read_bytes().splitlines()
    assert [protocol.decode_text(line) for line in stations] == texts()
    clients = (SAMPLES / "client.jsonl").read_bytes().splitlines()
    assert [protocol.decode_client(line) for line in clients] == COMMANDS
    assert binary.unpack((SAMPLES / "frame.bin").read_bytes())[1] == JPEG
