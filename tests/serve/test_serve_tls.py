"""The station under TLS with a certificate from its private authority."""

import asyncio
import http.client
import json
import socket
import ssl
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from feed import Station, new_hub
from websockets.asyncio.client import connect

from edge.messages.errors import ServeError
from edge.serve.acceptor import ConnectionLimits
from edge.serve.access.certificates import make_certificates
from edge.serve.access.rights import Rights
from edge.serve.access.roles import Role
from edge.serve.binding import bind
from edge.settings.serve_settings import ServeSettings

# A name that is the station's and leads here, without being the station itself.
NAME = "127.0.0.2"


def test_pairing_and_the_live_link_under_tls(tmp_path: Path) -> None:
    made = make_certificates(tmp_path / "certificates", [NAME, "localhost"], datetime.now(UTC))
    rights = Rights(tmp_path)
    files: dict[str, Any] = {"certificate": str(made.certificate), "key": str(made.key)}
    trust = ssl.create_default_context(cafile=str(made.authority))
    with Station(new_hub(), rights=rights, listen="0.0.0.0", **files) as station:
        assert station.url.startswith("https://")
        connection = http.client.HTTPSConnection(NAME, station.port, timeout=20, context=trust)
        origin = f"https://{NAME}:{station.port}"
        connection.request("GET", "/api/me")
        assert connection.getresponse().read() == b'{"detail":"this browser is not paired"}'
        code = rights.pairings.new_code(Role.VIEWER, "test")
        body = json.dumps({"code": code.text})
        headers = {"Origin": origin, "Content-Type": "application/json"}
        connection.request("POST", "/api/pair", body, headers)
        reply = connection.getresponse()
        reply.read()
        cookie = [part.strip() for part in reply.headers["set-cookie"].split(";")]
        assert cookie[0].startswith("__Host-toeline=")
        assert {"Secure", "HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie)
        connection.close()
        url = f"wss://{NAME}:{station.port}/ws/live"
        allowed = {"Cookie": cookie[0], "Origin": origin}

        async def greeting() -> list[str]:
            async with connect(url, ssl=trust, additional_headers=allowed, proxy=None) as client:
                return [json.loads(await client.recv())["type"] for _ in range(2)]

        assert asyncio.run(asyncio.wait_for(greeting(), 20)) == ["hello", "you"]


def test_silent_sockets_do_not_hold_up_tls(tmp_path: Path) -> None:
    made = make_certificates(tmp_path, ["localhost"], datetime.now(UTC))
    files: dict[str, Any] = {"certificate": str(made.certificate), "key": str(made.key)}
    trust = ssl.create_default_context(cafile=str(made.authority))
    limits = ConnectionLimits(local=5, handshake_s=0.3)
    with Station(new_hub(), limits=limits, **files) as station, ExitStack() as stack:
        silent = [
            stack.enter_context(socket.create_connection(("127.0.0.1", station.port), 20))
            for _ in range(20)
        ]
        connection = http.client.HTTPSConnection(
            "localhost", station.port, timeout=20, context=trust
        )
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        connection.close()
        # Ended to make room, or because no handshake came.
        for client in silent:
            with suppress(ConnectionError):
                assert client.recv(1) == b""


def test_a_certificate_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    made = make_certificates(tmp_path, ["localhost"], datetime.now(UTC))
    certificate, key = str(made.certificate), str(made.key)
    wrong: list[tuple[dict[str, str], str]] = [
        ({"certificate": certificate}, "needs its key"),
        ({"certificate": certificate, "key": str(tmp_path / "none")}, "No such file"),
        ({"certificate": key, "key": key}, "cannot use the certificate"),
        ({"certificate": certificate, "key": str(tmp_path / "ca.key")}, "cannot use the cert"),
    ]
    for files, sentence in wrong:
        with pytest.raises(ServeError, match=sentence):
            bind(ServeSettings(port=0, **files))  # type: ignore[arg-type]
