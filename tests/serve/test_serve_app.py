import http.client
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from feed import Station, healthy, new_hub, plain_frame
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.sync.connection import Connection
from websockets.typing import Origin

from edge.messages.health import Health, StationState
from edge.serve.wire import binary, protocol
from edge.serve.wire.greeting import Hello


class Weather:
    """A health that a test can change."""

    def __init__(self) -> None:
        self.now = healthy()

    def __call__(self) -> Health:
        return self.now


@pytest.fixture
def weather() -> Weather:
    return Weather()


@pytest.fixture
def station(weather: Weather) -> Iterator[Station]:
    with Station(new_hub(max_clients=3), weather) as running:
        yield running


def get(station: Station, path: str, **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", station.port, timeout=20)
    try:
        connection.request("GET", path, headers=headers)
        reply = connection.getresponse()
        return reply.status, reply.headers, reply.read()
    finally:
        connection.close()


def live(station: Station, **options: Any) -> ClientConnection:
    return connect(station.live_url, proxy=None, close_timeout=5, **options)


def ended(client: Connection) -> tuple[int | None, str]:
    with suppress(ConnectionClosed):
        while True:
            client.recv(timeout=20)
    return client.close_code, client.close_reason or ""


def greeting(client: Connection) -> list[str]:
    """Return the initial messages to every client, by type."""
    return [json.loads(client.recv(timeout=20))["type"] for _ in range(4)]


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (StationState.STARTING, 200),
        (StationState.LIVE, 200),
        (StationState.DEGRADED, 200),
        (StationState.NO_CAMERA, 503),
        (StationState.STORAGE_FULL, 503),
        (StationState.ENDED, 503),
        (StationState.FAILED, 503),
    ],
)
def test_healthz_tells_machines(
    station: Station, weather: Weather, state: StationState, status: int
) -> None:
    weather.now = healthy(state)
    got, headers, body = get(station, "/healthz")
    assert got == status
    assert headers["content-type"] == "application/json"
    assert json.loads(body)["state"] == state


def test_healthz_writes_nan_as_null(station: Station, weather: Weather) -> None:
    plain = healthy()
    values = {name: getattr(plain, name) for name in Health.__slots__}
    weather.now = Health(**values | {"capture_to_pose_p95_ms": float("nan")})
    assert json.loads(get(station, "/healthz")[2])["capture_to_pose_p95_ms"] is None


def test_metrics_tell_prometheus(station: Station, weather: Weather) -> None:
    weather.now = replace(healthy(), late=7)
    with live(station) as client:
        client.recv(timeout=20)
        status, headers, body = get(station, "/metrics")
    assert status == 200
    assert headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = body.decode().splitlines()
    assert "toeline_frames_late_total 7.0" in lines
    assert "toeline_clients 1.0" in lines


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/", 200),
        ("/main.js", 200),
        ("/api/docs", 200),
        ("/api/openapi.json", 200),
        ("/api/replay", 200),
        ("/api/sessions", 200),
        ("/api/replay?seconds=nan", 422),
        ("/api/replay?most_hz=-Infinity", 422),
        ("/api/sessions?most=" + "9" * 400, 422),
        ("/nothing", 404),
        ("/healthz", 200),
        ("/metrics", 200),
    ],
)
def test_every_reply_is_guarded(station: Station, path: str, wanted: int) -> None:
    status, headers, body = get(station, path)
    assert status == wanted
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["server"] is None
    # No cache keeps a picture or a name; a page is asked for anew, and may be the same.
    assert headers["cache-control"] == ("no-store" if path.startswith("/api/") else "no-cache")
    if status == 422:
        assert isinstance(json.loads(body)["detail"], str)


def test_a_fault_of_ours_is_one_sentence_and_guarded(
    station: Station, weather: Weather, caplog: pytest.LogCaptureFixture
) -> None:
    weather.now = None  # type: ignore[assignment]
    status, headers, body = get(station, "/healthz")
    assert status == 500
    assert json.loads(body) == {"detail": "this failed; the station's log says why"}
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "GET /healthz failed" in caplog.text


def test_scripts_have_a_type_that_browsers_run(station: Station) -> None:
    assert "javascript" in get(station, "/main.js")[1]["content-type"]


def test_the_page_asks_for_nothing_from_elsewhere(station: Station) -> None:
    for path in ("/", "/api/docs", "/station.css", "/main.js"):
        body = get(station, path)[2].decode()
        assert "http://" not in body.replace("http://www.w3.org/", "")
        assert "https://" not in body


def test_openapi_names_healthz(station: Station) -> None:
    api = json.loads(get(station, "/api/openapi.json")[2])
    assert set(api["paths"]["/healthz"]["get"]["responses"]) >= {"200", "503"}


@pytest.mark.parametrize(("speed_mps", "knee_deg"), [(2.5, 45.87), (4.0, 46.72), (0.0, 46.24)])
def test_the_reference_band_is_that_of_the_belt_speed(
    station: Station, speed_mps: float, knee_deg: float
) -> None:
    status, _, body = get(station, f"/api/reference-curves?speed_mps={speed_mps}")
    told = json.loads(body)
    assert status == 200
    assert told["source"].startswith("Fukuchi")
    assert told["knee_deg"]["mean"][8] == pytest.approx(knee_deg, abs=0.01)
    assert len(told["ankle_deg"]["sd"]) == 51


@pytest.mark.parametrize("path", ["/../pyproject.toml", "/%2e%2e/pyproject.toml", "/nothing"])
def test_only_the_display_is_served(station: Station, path: str) -> None:
    assert get(station, path)[0] == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "", "127.0.0.1.evil", "[x"])
def test_a_foreign_host_is_refused(station: Station, host: str) -> None:
    assert get(station, "/", Host=host)[0] == 400


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST:1"])
def test_loopback_names_are_served(station: Station, host: str) -> None:
    assert get(station, "/", Host=host)[0] == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_a_foreign_origin_is_refused_before_accept(station: Station, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        live(station, origin=Origin(origin))
    assert refusal.value.response.status_code == 403
    assert station.hub.clients == 0


def test_a_foreign_host_is_refused_before_accept(station: Station) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        # The origin agrees with the host, as a page under a rebound name would have it.
        connect(
            f"ws://evil.example:{station.port}/ws/live",
            sock=_socket(station),
            origin=Origin(f"http://evil.example:{station.port}"),
            proxy=None,
        )
    assert refusal.value.response.status_code == 403


def _socket(station: Station) -> Any:
    import socket

    return socket.create_connection(("127.0.0.1", station.port))


def test_the_own_page_and_loopback_tools_are_let_in(station: Station) -> None:
    own = Origin(f"http://127.0.0.1:{station.port}")
    with live(station, origin=own) as page, live(station) as tool:
        for client in (page, tool):
            text = client.recv(timeout=20)
            assert isinstance(protocol.decode_text(text), Hello)


@pytest.mark.parametrize(
    "message",
    ["", "hello", "{}", '{"type":"ack","seq":7}', '{"type":"ack"}', "[" * 5000, b"\xff\x00"],
)
def test_a_malformed_message_closes_with_a_reason_and_no_traceback(
    station: Station, message: str | bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with live(station) as client:
        client.recv(timeout=20)
        client.send(message)
        code, reason = ended(client)
    assert code == 1008
    assert reason
    assert "Traceback" not in caplog.text
    assert not [r for r in caplog.records if r.exc_info]


def test_a_message_over_64_kib_closes_the_client(station: Station) -> None:
    with live(station) as client:
        client.recv(timeout=20)
        client.send('{"type":"ack","seq":1}' + " " * protocol.MAX_CLIENT_BYTES)
        assert ended(client)[0] in (1008, 1009)


def test_a_client_too_many_is_told_to_try_later(station: Station) -> None:
    clients = [live(station) for _ in range(3)]
    for client in clients:
        client.recv(timeout=20)
    with live(station) as extra:
        assert ended(extra) == (1013, "too many clients")
    for client in clients:
        client.close()


def test_frames_flow_with_acks(station: Station) -> None:
    with live(station) as client:
        greeting(client)
        seen = []
        for index in range(10):
            station.hub.publish_frame(plain_frame(index), None, None)
            data = client.recv(timeout=20)
            assert isinstance(data, bytes)
            header, jpeg = binary.unpack(data)
            assert isinstance(header, binary.FrameHeader)
            assert jpeg[:2] == b"\xff\xd8"
            seen.append(header.frame)
            client.send(protocol.encode_text(protocol.Ack(seq=header.seq)))
        assert seen == list(range(10))


def test_painting_times_come_back_with_the_acks(station: Station) -> None:
    with live(station) as client:
        greeting(client)
        for index in range(3):
            frame = replace(plain_frame(index), arrived_s=time.monotonic())
            station.hub.publish_frame(frame, None, None)
            data = client.recv(timeout=20)
            assert isinstance(data, bytes)
            header, _ = binary.unpack(data)
            assert isinstance(header, binary.FrameHeader)
            # A page's clock begins when it is opened.
            ack = protocol.Ack(seq=header.seq, received_ms=50.0 + index, painted_ms=50.0 + index)
            client.send(protocol.encode_text(ack))
        station.hub.publish_frame(plain_frame(3), None, None)
        client.recv(timeout=20)
    told = {t.stage: t for t in station.hub.times()}
    assert set(told) == {"encode", "capture_to_send", "send", "capture_to_paint"}
    assert told["capture_to_paint"].count >= 2
    assert told["capture_to_paint"].p50_ms >= told["encode"].p50_ms


def test_a_client_that_goes_is_forgotten(station: Station) -> None:
    with live(station) as client:
        client.recv(timeout=20)
        assert station.hub.clients == 1
    with live(station) as client:
        client.recv(timeout=20)
        # The closing handshake of the first ended before this one was greeted.
        assert station.hub.clients == 1


def test_clients_are_told_that_the_station_stops(caplog: pytest.LogCaptureFixture) -> None:
    with Station() as running:
        client = live(running)
        client.recv(timeout=20)
    assert ended(client) == (1012, "the station stops")
    assert not [r for r in caplog.records if r.exc_info]
