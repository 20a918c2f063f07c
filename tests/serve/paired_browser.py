"""A browser that pairs with a station, and what it is answered."""

import http.client
import json
import socket
from typing import Any

import pytest
from feed import Station
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.sync.connection import Connection

from edge.serve.access.rights import Rights
from edge.serve.access.roles import Role
from edge.serve.wire import commands, protocol
from edge.serve.wire.status_messages import Answer

# The name of the station in the clinic's network: who asks for it is not on the station itself.
NAME = "station.clinic"


class Browser:
    """Somebody elsewhere, with a cookie once it is paired."""

    def __init__(self, station: Station, host: str = NAME) -> None:
        self._station = station
        self.host = f"{host}:{station.port}"
        self.cookie = ""
        self.address = "127.0.0.1"

    def ask(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection(
            "127.0.0.1", self._station.port, timeout=20, source_address=(self.address, 0)
        )
        sent = {"Host": self.host, "Origin": f"http://{self.host}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        if self.cookie:
            sent["Cookie"] = self.cookie
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        try:
            connection.request(method, path, body, headers={k: v for k, v in sent.items() if v})
            reply = connection.getresponse()
            return reply.status, reply.headers, reply.read()
        finally:
            connection.close()

    def pair(self, code: str) -> int:
        status, headers, _ = self.ask("POST", "/api/pair", {"code": code, "label": "tablet"})
        if status == 204:
            self.cookie = headers["set-cookie"].partition(";")[0]
        return status

    def live(self, **options: Any) -> ClientConnection:
        headers = {"Origin": f"http://{self.host}"} | options.pop("headers", {})
        if self.cookie:
            headers["Cookie"] = self.cookie
        return connect(
            f"ws://{self.host}/ws/live",
            sock=socket.create_connection(("127.0.0.1", self._station.port), 20),
            additional_headers={k: v for k, v in headers.items() if v},
            origin=None,
            proxy=None,
            close_timeout=5,
            **options,
        )


def paired(station: Station, rights: Rights, role: Role) -> Browser:
    browser = Browser(station)
    assert browser.pair(rights.pairings.new_code(role, "test").text) == 204
    return browser


def refused(browser: Browser, **options: Any) -> int:
    with pytest.raises(InvalidStatus) as error, browser.live(**options):
        pass
    return error.value.response.status_code


def answer(client: Connection, order: commands.Command) -> Answer:
    client.send(protocol.encode_text(order))
    while True:
        data = client.recv(timeout=20)
        if isinstance(data, str):
            message = protocol.decode_text(data)
            if isinstance(message, Answer) and message.id == order.id:
                return message
