"""A browser that is not on the station: whatever it tries, against the real server."""

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from feed import Station, new_hub, plain_frame
from paired_browser import NAME, Browser, answer, paired, refused
from starlette.types import Message, Receive, Scope, Send
from websockets.exceptions import ConnectionClosed

from edge.record.station_clock import read_clock
from edge.serve.access.access_middleware import AccessMiddleware
from edge.serve.access.rights import Rights
from edge.serve.access.roles import Role
from edge.serve.connections import GuardedProtocol
from edge.serve.wire import commands, protocol
from edge.serve.wire.status_messages import Answer, Display
from edge.settings.serve_settings import ServeSettings


@pytest.fixture
def rights(tmp_path: Path) -> Rights:
    return Rights(tmp_path)


@pytest.fixture
def station(rights: Rights) -> Iterator[Station]:
    with Station(new_hub(name=NAME), rights=rights, name=NAME) as running:
        yield running


# Who is not paired.


PATHS = (
    "/",
    "/tablet",
    "/main.js",
    "/wire.schema.json",
    "/healthz",
    "/metrics",
    "/api/me",
    "/api/replay",
    "/api/devices",
    "/api/audit",
    "/api/sessions",
    "/api/docs",
    "/api/openapi.json",
    "/nothing",
    "/pair/",
    "/pair/../main.js",
    "/pair/%2e%2e/main.js",
    "/pair/pair.js/../../main.js",
    "//main.js",
    "/%6dain.js",
)


def test_an_unpaired_browser_is_told_nothing(station: Station) -> None:
    for path in PATHS:
        status, headers, body = Browser(station).ask("GET", path)
        assert status == 401, path
        assert json.loads(body) == {"detail": "this browser is not paired"}
        assert headers["set-cookie"] is None


def test_an_unpaired_browser_is_led_to_pairing(station: Station) -> None:
    status, headers, body = Browser(station).ask("GET", "/tablet", Accept="text/html,*/*")
    assert (status, headers["location"], body) == (303, "/pair", b"")
    for path in ("/pair", "/pair/pair.js", "/pair/pair.css", "/icon.svg"):
        assert Browser(station).ask("GET", path)[0] == 200


def test_an_unpaired_browser_sees_not_one_frame(station: Station) -> None:
    assert refused(Browser(station)) == 403
    station.hub.publish_frame(plain_frame(0), None, None)
    assert station.hub.clients == 0


def test_a_wrong_cookie_is_none(station: Station) -> None:
    browser = Browser(station)
    for cookie in ("toeline=", "toeline=wrong", "toeline=a; toeline=b", ";;=,", 'toeline="'):
        browser.cookie = cookie
        assert browser.ask("GET", "/api/me")[0] == 401
        assert refused(browser) == 403


def test_a_proxy_on_the_station_makes_nobody_an_operator(station: Station) -> None:
    browser = Browser(station, "127.0.0.1")
    assert browser.ask("GET", "/api/me")[0] == 200
    assert browser.ask("GET", "/api/me", X_Forwarded_For="10.0.0.9")[0] == 401


def test_pages_for_the_station_alone_are_served_without_rights_to_it_alone() -> None:
    with Station() as station:
        assert Browser(station, "127.0.0.1").ask("GET", "/")[0] == 200
        assert Browser(station).ask("GET", "/")[0] == 400
        with Browser(station, "localhost").live() as client:
            client.recv(timeout=20)


# Pairing.


def test_a_code_brings_a_cookie_that_scripts_and_other_sites_never_see(
    station: Station, rights: Rights
) -> None:
    code = rights.pairings.new_code(Role.VIEWER, "test")
    status, headers, body = Browser(station).ask("POST", "/api/pair", {"code": code.text})
    assert (status, body) == (204, b"")
    cookie = [part.strip() for part in headers["set-cookie"].split(";")]
    assert {"HttpOnly", "SameSite=strict", "Path=/", "Max-Age=7776000"} <= set(cookie)
    assert cookie[0].startswith("toeline=")


def test_a_paired_viewer_sees_and_is_named(station: Station, rights: Rights) -> None:
    browser = paired(station, rights, Role.VIEWER)
    assert json.loads(browser.ask("GET", "/api/me")[2]) == {
        "role": "viewer",
        "local": False,
        "label": "tablet",
    }
    with browser.live() as client:
        types = [json.loads(client.recv(timeout=20))["type"] for _ in range(4)]
        assert types == ["hello", "you", "runner", "display"]
        station.hub.publish_frame(plain_frame(0), None, None)
        assert isinstance(client.recv(timeout=20), bytes)
    assert browser.ask("GET", "/")[0] == 200


def test_a_used_and_a_wrong_code_are_refused_in_a_sentence(
    station: Station, rights: Rights
) -> None:
    code = rights.pairings.new_code(Role.VIEWER, "test")
    assert Browser(station).pair(code.text) == 204
    for said in (code.text, code.digits, "wrong"):
        status, headers, body = Browser(station).ask("POST", "/api/pair", {"code": said})
        assert status == 403
        assert "wrong, used or too old" in json.loads(body)["detail"]
        assert headers["set-cookie"] is None


def test_an_expired_code_is_refused(tmp_path: Path) -> None:
    now = read_clock()
    up = [now]
    rights = Rights(tmp_path, since_boot=lambda: up[0])
    with Station(new_hub(name=NAME), rights=rights, name=NAME) as station:
        code = rights.pairings.new_code(Role.VIEWER, "test")
        up[0] = replace(now, boot_s=now.boot_s + 120)
        assert Browser(station).pair(code.text) == 403


def test_guessing_codes_is_slowed_down(station: Station, rights: Rights) -> None:
    got = [Browser(station).pair(f"{number:08d}") for number in range(7)]
    assert got == [403] * 5 + [429] * 2
    # Not even the right one is taken then.
    assert Browser(station).pair(rights.pairings.new_code(Role.VIEWER, "test").text) == 429


def test_forty_addresses_that_guess_keep_nobody_out(station: Station, rights: Rights) -> None:
    code = rights.pairings.new_code(Role.VIEWER, "test")
    attacker, patient = Browser(station), Browser(station)
    for number in range(40):
        attacker.address = f"127.0.1.{number + 1}"
        assert attacker.pair(f"{number:08d}") in (403, 429)
    patient.address = "127.0.2.1"
    assert patient.pair(code.digits[:4] + " " + code.digits[4:]) == 204


MALFORMED = (
    b"",
    b"{",
    b"null",
    b'{"code":7}',
    b'{"code":""}',
    b'{"code":"a","x":1}',
    b"\xff",
    b'{"code":NaN}',
    b'{"code":-Infinity}',
    b'{"code":"\\ud800"}',
    b'{"code":"a","label":"\\udfff"}',
    b'{"code":' + b"9" * 5000 + b"}",
    b"[" * 8000,
    b'{"code":' + b"[" * 4000 + b"]" * 4000 + b"}",
    b'{"code":{"code":"a"}}',
    b'{"code":"' + b"x" * 200 + b'"}',
)


@pytest.mark.parametrize("number", range(0, len(MALFORMED), 4))
def test_a_malformed_request_to_pair_is_refused_and_counts(station: Station, number: int) -> None:
    for body in MALFORMED[number : number + 4]:
        status, _, reply = Browser(station).ask(
            "POST", "/api/pair", body, Content_Type="application/json"
        )
        assert status == 422, body
        sentence = json.loads(reply)["detail"]
        assert 5 < len(sentence) <= 120
        assert "\n" not in sentence
    # The fifth try is the last one, whatever it says.
    assert [Browser(station).pair("wrong") for _ in range(2)] == [403, 429]


def test_a_code_with_odd_characters_is_wrong_and_no_fault(station: Station) -> None:
    for code in ("\x00", "\u202e\U0010ffff", "' OR 1=1", "\u0661" * 8):
        assert Browser(station).pair(code) == 403


def test_of_two_equal_keys_one_counts(station: Station, rights: Rights) -> None:
    code = rights.pairings.new_code(Role.VIEWER, "test").text
    body = f'{{"code":"wrong","code":"{code}"}}'.encode()
    assert Browser(station).ask("POST", "/api/pair", body)[0] in (204, 403, 422)
    assert len(rights.pairings.devices()) <= 1


def test_too_long_a_request_is_refused(station: Station) -> None:
    assert Browser(station).ask("POST", "/api/pair", b"x" * 20_000)[0] == 413


def test_a_request_of_unknown_length_is_bounded_too(station: Station) -> None:
    with socket.create_connection(("127.0.0.1", station.port), 20) as client:
        client.sendall(
            b"POST /api/pair HTTP/1.1\r\nHost: station.clinic\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        with suppress(OSError):
            for _ in range(20):
                client.sendall(b"400\r\n" + b"x" * 0x400 + b"\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 413")


def test_a_revoked_device_is_shown_out(station: Station, rights: Rights) -> None:
    viewer = paired(station, rights, Role.VIEWER)
    with viewer.live() as client:
        client.recv(timeout=20)
        rights.pairings.revoke(1, "test")
        with suppress(ConnectionClosed):
            while True:
                client.recv(timeout=20)
        assert (client.close_code, client.close_reason) == (4401, "this pairing was ended")
    assert viewer.ask("GET", "/api/me")[0] == 401


@pytest.mark.parametrize("revoked", [True, False])
def test_a_download_ends_with_the_pairing(rights: Rights, revoked: bool) -> None:
    """Four chunks, each half a second after the last; the pairing ends after the first."""
    token, _ = rights.pairings.new_token(Role.OPERATOR, "tablet", "test")
    now: list[float] = [0.0]
    sent: list[Message] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for number in range(4):
            await send({"type": "http.response.body", "body": b"part", "more_body": number < 3})
            if number == 0 and revoked:
                rights.pairings.revoke(1, "test")
            now[0] += 0.6

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    guarded = AccessMiddleware(
        app, ServeSettings(name=NAME), rights.pairings.device, clock=lambda: now[0]
    )
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/api/sessions/report",
        "headers": [(b"host", NAME.encode()), (b"authorization", f"Bearer {token}".encode())],
        "client": ("192.0.2.7", 5000),
        "server": ("192.0.2.1", 8080),
        "scheme": "http",
    }
    asyncio.run(guarded(scope, receive, send))
    assert len(sent) == (3 if revoked else 5)
    assert sent[-1].get("more_body", False) is revoked


def test_a_browser_may_end_its_own_pairing(station: Station, rights: Rights) -> None:
    viewer = paired(station, rights, Role.VIEWER)
    status, headers, _ = viewer.ask("DELETE", "/api/me")
    assert status == 204
    assert "Max-Age=0" in headers["set-cookie"]
    assert rights.pairings.devices() == []


def test_a_token_lets_a_program_in(station: Station, rights: Rights) -> None:
    token, _ = rights.pairings.new_token(Role.VIEWER, "prometheus", "test")
    program = Browser(station)
    assert program.ask("GET", "/metrics", Authorization=f"Bearer {token}")[0] == 200
    assert program.ask("GET", "/metrics", Authorization="Bearer wrong")[0] == 401
    with program.live(headers={"Origin": "", "Authorization": f"Bearer {token}"}) as client:
        client.recv(timeout=20)


# Roles.


def test_a_viewer_commands_nothing(station: Station, rights: Rights) -> None:
    viewer = paired(station, rights, Role.VIEWER)
    with viewer.live() as client:
        said = answer(client, commands.SetMute(id=7, muted=True))
        assert (said.ok, said.code) == (False, "viewer")
    for method, path in (
        ("GET", "/api/devices"),
        ("DELETE", "/api/devices/1"),
        ("GET", "/api/audit"),
        ("POST", "/api/sessions/2026-01-31T09-05-07Z/export"),
        ("DELETE", "/api/sessions/2026-01-31T09-05-07Z"),
    ):
        assert viewer.ask(method, path)[0] == 403
    assert len(rights.pairings.devices()) == 1


def test_an_operator_sees_and_ends_pairings(station: Station, rights: Rights) -> None:
    operator = paired(station, rights, Role.OPERATOR)
    viewer = paired(station, rights, Role.VIEWER)
    devices = json.loads(operator.ask("GET", "/api/devices")[2])
    assert [device["role"] for device in devices] == ["operator", "viewer"]
    assert operator.ask("DELETE", "/api/devices/2")[0] == 204
    assert operator.ask("DELETE", "/api/devices/2")[0] == 404
    assert viewer.ask("GET", "/api/me")[0] == 401
    assert "revoked" in [line["what"] for line in json.loads(operator.ask("GET", "/api/audit")[2])]


def test_two_operators_see_the_same(station: Station, rights: Rights) -> None:
    first, second = (paired(station, rights, Role.OPERATOR) for _ in range(2))
    with first.live() as one, second.live() as other:
        assert answer(one, commands.SetDisplay(id=1, mode=commands.Mode.BLANK)).ok
        assert answer(other, commands.SetMute(id=1, muted=True)).ok
        assert answer(one, commands.SetMetronome(id=2, on=True, target_spm=174)).ok
        # A third client, which connects later, receives the same.
        with second.live() as late:
            shown = next(
                m
                for m in (protocol.decode_text(late.recv(timeout=20)) for _ in range(5))
                if isinstance(m, Display)
            )
    assert (shown.mode, shown.muted) == (commands.Mode.BLANK, True)
    assert (shown.metronome_on, shown.metronome_spm) == (True, 174)


def test_views_are_written_down_once(station: Station, rights: Rights) -> None:
    viewer = paired(station, rights, Role.VIEWER)
    for _ in range(3):
        with viewer.live() as client:
            client.recv(timeout=20)
    assert [e.who for e in rights.audit.entries() if e.what == "viewed"] == ["device 1"]


# Other sites, other names.


def test_a_name_that_was_pointed_here_is_not_served(station: Station, rights: Rights) -> None:
    browser = paired(station, rights, Role.OPERATOR)
    for host in ("evil.example", "station.clinic.evil.example", "10.0.0.1", "localhost.evil"):
        browser.host = f"{host}:{station.port}"
        assert browser.ask("GET", "/api/me")[0] == 400, host
        assert refused(browser) == 403
    browser.host = "[::1"
    assert browser.ask("GET", "/api/me")[0] == 400


def test_a_foreign_page_opens_no_link_and_changes_nothing(station: Station, rights: Rights) -> None:
    browser = paired(station, rights, Role.OPERATOR)
    for origin in ("http://evil.example", "null", "http://station.clinic", "file://"):
        assert refused(browser, headers={"Origin": origin}) == 403, origin
        assert browser.ask("DELETE", "/api/devices/1", Origin=origin)[0] == 403
    assert browser.ask("DELETE", "/api/devices/1", Sec_Fetch_Site="cross-site")[0] == 403
    assert len(rights.pairings.devices()) == 1


def test_a_cookie_without_an_origin_opens_no_link(station: Station, rights: Rights) -> None:
    browser = paired(station, rights, Role.OPERATOR)
    assert refused(browser, headers={"Origin": ""}) == 403


def test_no_part_of_the_station_is_part_of_another_page(station: Station) -> None:
    local = Browser(station, "127.0.0.1")
    for site in ("cross-site", "same-site"):
        headers = {"Sec_Fetch_Site": site, "Sec_Fetch_Mode": "no-cors"}
        assert local.ask("GET", "/api/replay", **headers)[0] == 403
    assert local.ask("GET", "/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate")[0] == 200


# Masses.


def test_a_flood_of_messages_ends_the_link(station: Station, rights: Rights) -> None:
    operator = paired(station, rights, Role.OPERATOR)
    with operator.live() as client:
        with suppress(ConnectionClosed):
            for number in range(2000):
                client.send(f'{{"type":"set_mute","id":{number},"muted":true}}')
        with suppress(ConnectionClosed):
            while True:
                client.recv(timeout=20)
        assert (client.close_code, client.close_reason) == (1008, "too many messages")
    with operator.live() as client:
        client.recv(timeout=20)


def test_orders_in_too_quick_a_row_are_answered_so(station: Station, rights: Rights) -> None:
    with paired(station, rights, Role.OPERATOR).live() as client:
        # More than a slow machine is granted while it sends them.
        for number in range(100):
            client.send(f'{{"type":"set_mute","id":{number},"muted":true}}')
        codes: list[str] = []
        while len(codes) < 100:
            message = protocol.decode_text(client.recv(timeout=20))
            if isinstance(message, Answer):
                codes.append(message.code)
    assert codes[:20] == ["ok"] * 20
    assert "too_fast" in codes[20:]


def test_an_oversized_message_ends_the_link(station: Station, rights: Rights) -> None:
    with paired(station, rights, Role.OPERATOR).live() as client:
        client.send("x" * (protocol.MAX_CLIENT_BYTES + 1))
        with suppress(ConnectionClosed):
            while True:
                client.recv(timeout=20)
        assert client.close_code == 1009


def test_one_device_cannot_take_every_place(rights: Rights) -> None:
    hub = new_hub(max_clients=7, name=NAME)
    with Station(hub, rights=rights, name=NAME) as station, ExitStack() as stack:
        viewer = paired(station, rights, Role.VIEWER)
        for _ in range(3):
            stack.enter_context(viewer.live()).recv(timeout=20)
        with viewer.live() as client, suppress(ConnectionClosed):
            client.recv(timeout=20)
        assert client.close_code == 1013
        # The station's own screen still finds its place.
        with Browser(station, "127.0.0.1").live() as own:
            own.recv(timeout=20)


def test_200_idle_connections_are_ended_and_the_station_goes_on(
    station: Station, rights: Rights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GuardedProtocol, "silent_s", 0.5)
    viewer = paired(station, rights, Role.VIEWER)

    async def ended(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The end of one that has told half a head may be a reset.
        with suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def main() -> None:
        idle = [await asyncio.open_connection("127.0.0.1", station.port) for _ in range(200)]
        for number, (_, writer) in enumerate(idle):
            # A half-told head waits for its other half no longer than silence does.
            if number % 2:
                writer.write(b"GET / HTTP/1.1\r\nHost: ")
        assert await asyncio.to_thread(lambda: viewer.ask("GET", "/api/me")[0]) == 200
        async with asyncio.timeout(20):
            for link in idle:
                await ended(*link)

    asyncio.run(main())
    with viewer.live() as client:
        client.recv(timeout=20)
