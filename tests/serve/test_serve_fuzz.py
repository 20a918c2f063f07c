"""Thousands of malformed messages and requests leave the station serving, its memory bounded.

`make fuzz` sends more of both.
"""

import asyncio
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from feed import Station, new_hub, plain_frame
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from edge.record.store import Store
from edge.serve.access.rights import Rights
from edge.serve.sessions.session_archive import SessionArchive
from edge.serve.wire import binary

NAME = "station.clinic"
MESSAGES = int(os.environ.get("TOELINE_FUZZ_MESSAGES", "2500"))
# Random examples of each operation, besides those that cover its schema.
EXAMPLES = os.environ.get("TOELINE_FUZZ_EXAMPLES", "4")
AT_ONCE = 8
MOST_GROWTH_KB = 40_000
COMMANDS = [
    "start_session",
    "stop_session",
    "set_belt",
    "capture_neutral",
    "set_display",
    "set_metronome",
    "set_thresholds",
    "set_mark",
    "give_cue",
    "show_pairing",
    "ack",
    "open_door",
    "",
]
VALUES: list[Any] = [
    None,
    True,
    -1,
    2**63,
    1e308,
    "",
    "x" * 3000,
    "\u0000",
    "\ud800",
    [],
    [[]] * 50,
    {},
]
KEYS = ["runner", "speed_mps", "mode", "panels", "kind", "note", "role", "on", "target_spm", "x"]


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    archive = SessionArchive(tmp_path, keep_free_mb=0)
    rights = Rights(tmp_path)
    with Station(new_hub(name=NAME), rights=rights, archive=archive, name=NAME) as running:
        yield running


def malformed(rng: random.Random) -> str | bytes:
    """Return an invalid message, mostly close to a command, to get deep into the decoder."""
    kind = rng.randrange(10)
    if kind == 0:
        return rng.randbytes(rng.randrange(200))
    if kind == 1:
        return "[" * rng.randrange(1, 5000)
    whole: dict[str, Any] = {
        "type": rng.choice(COMMANDS),
        "id": rng.choice([0, 1, 2**31, -1, "1", None, 7, 7, 7, 7]),
    }
    whole |= {rng.choice(KEYS): rng.choice(VALUES) for _ in range(rng.randrange(1, 4))}
    whole["never"] = "known"
    text = json.dumps(whole)
    return text[: rng.randrange(len(text))] if kind == 2 else text


def resident_kb() -> int:
    """Return the memory of this process, in which the station runs."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0])


async def taken(client: ClientConnection, message: str | bytes) -> bool:
    """Send one message and wait until it is answered, or the link is closed for it."""
    try:
        await client.send(message)
        while True:
            told = await client.recv()
            if isinstance(told, str) and json.loads(told)["type"] == "answer":
                return True
    except ConnectionClosed:
        return False


async def attack(url: str, messages: Iterator[str | bytes]) -> int:
    sent = 0
    message = next(messages, None)
    while message is not None:
        async with connect(url, proxy=None) as client:
            goes_on = True
            while goes_on and message is not None:
                goes_on = await taken(client, message)
                sent += 1
                message = next(messages, None)
    return sent


def test_malformed_messages_leave_the_station_serving(station: Station) -> None:
    rng = random.Random(20261123)
    messages = iter([malformed(rng) for _ in range(MESSAGES)])

    async def main() -> int:
        attacks = [attack(station.live_url, messages) for _ in range(AT_ONCE)]
        return sum(await asyncio.gather(*attacks))

    # What is imported and cached at the first messages is no growth.
    asyncio.run(attack(station.live_url, iter([malformed(rng) for _ in range(200)])))
    before_kb = resident_kb()
    assert asyncio.run(main()) == MESSAGES
    assert resident_kb() - before_kb < MOST_GROWTH_KB

    async def view() -> binary.Header:
        async with connect(station.live_url, proxy=None) as client:
            while True:
                told = await client.recv()
                if isinstance(told, bytes):
                    return binary.unpack(told)[0]
                station.hub.publish_frame(plain_frame(1), None, None)

    assert asyncio.run(asyncio.wait_for(view(), 20)).frame == 1


def test_an_outside_scan_of_the_interface_finds_nothing(station: Station, tmp_path: Path) -> None:
    # Something to look for names in: with no session at all, every request would end early.
    Store(tmp_path).close()
    checks = (
        "not_a_server_error,status_code_conformance,content_type_conformance,"
        "response_headers_conformance,response_schema_conformance,negative_data_rejection"
    )
    scan = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{station.url}api/openapi.json"),
            *("--checks", checks, "--max-examples", EXAMPLES, "--seed", "1", "--no-color"),
            *("--phases", "coverage,fuzzing"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert scan.returncode == 0, scan.stdout[-4000:] + scan.stderr[-1000:]
    with urlopen(f"{station.url}api/openapi.json") as reply:
        paths = json.load(reply)["paths"]
    operations = sum(len(methods) for methods in paths.values())
    assert f"Tested: {operations}\n" in scan.stdout, scan.stdout[-2000:]
