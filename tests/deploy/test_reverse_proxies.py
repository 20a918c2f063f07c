"""The proxies that deploy/ has a configuration for, as programs: tablets pair through them."""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any

import pytest
from command import REPOSITORY
from feed import Station, new_hub, plain_frame
from program import free_port
from websockets.asyncio.client import connect

from edge.serve.access.certificates import make_certificates
from edge.serve.access.rights import Rights
from edge.serve.access.roles import Role

NAME = "station.local"
PATIENCE_S = 30.0


class Proxy:
    """A running reverse proxy: its port, and the authority that its certificate is from."""

    def __init__(self, port: int, authority: Path) -> None:
        self.host = f"{NAME}:{port}"
        self.port = port
        self._authority = authority

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._authority)

    def ask(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, str, bytes]:
        """Ask as a tablet does; return status, cookie and body."""
        connection = HTTPSConnection(NAME, self.port)
        # The name is in the certificate; it leads elsewhere, or nowhere.
        plain = socket.create_connection(("127.0.0.1", self.port), 20)
        connection.sock = self.trust.wrap_socket(plain, server_hostname=NAME)
        sent = {"Host": self.host, "Origin": f"https://{self.host}", **headers}
        sent |= {"Content-Type": "application/json"} if body else {}
        connection.request(method, path, json.dumps(body) if body else None, sent)
        reply = connection.getresponse()
        data = reply.read()
        cookie = reply.headers["set-cookie"] or ""
        connection.close()
        return reply.status, cookie, data

    def answers(self) -> bool:
        with suppress(OSError):
            return self.ask("GET", "/pair")[0] == 200
        return False


@contextmanager
def running(proxy: Proxy, *command: str | Path, log: Path, **environment: str) -> Iterator[Proxy]:
    """Run a proxy until the end of the test, once it answers."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*map(str, command)], env=os.environ | environment, stdout=out, stderr=out
        )
        try:
            _wait(proxy, process, log)
            yield proxy
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S)


def _wait(proxy: Proxy, process: "subprocess.Popen[bytes]", log: Path) -> None:
    async def main() -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not await asyncio.to_thread(proxy.answers):
                assert process.poll() is None, log.read_text()
                await asyncio.sleep(0.05)

    asyncio.run(main())


def program(name: str) -> str:
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    assert path, f"{name} is missing: install the Debian package that the README names"
    return path


@contextmanager
def caddy(station: Station, folder: Path) -> Iterator[Proxy]:
    """Run Caddy with the configuration as it is shipped, its own authority included."""
    port = free_port()
    authority = folder / "caddy" / "pki" / "authorities" / "local" / "root.crt"
    with running(
        Proxy(port, authority),
        *(program("caddy"), "run", "--adapter", "caddyfile"),
        *("--config", REPOSITORY / "deploy" / "Caddyfile"),
        log=folder / "log",
        TOELINE_SITE=f"https://{NAME}:{port}",
        TOELINE_STATION=f"127.0.0.1:{station.port}",
        XDG_DATA_HOME=str(folder),
        XDG_CONFIG_HOME=str(folder),
    ) as proxy:
        yield proxy


@contextmanager
def nginx(station: Station, folder: Path, site: str = "") -> Iterator[Proxy]:
    """Run nginx with the site as it is shipped, but for ports and paths."""
    port = free_port()
    made = make_certificates(folder / "certificates", [NAME], datetime.now(UTC))
    site = site or (REPOSITORY / "deploy" / "nginx.conf").read_text()
    for was, now in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("/etc/toeline/station.crt", str(made.certificate)),
        ("/etc/toeline/station.key", str(made.key)),
        ("http://127.0.0.1:8765", f"http://127.0.0.1:{station.port}"),
    ):
        assert was in site
        site = site.replace(was, now)
    temporary = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "".join(f"{kind}_temp_path {folder / kind};" for kind in temporary)
    main = folder / "main.conf"
    main.write_text(
        f"daemon off; pid {folder / 'pid'}; error_log {folder / 'log'}; events {{}}\n"
        f"http {{ access_log off; {folders}\n{site} }}\n"
    )
    arguments = (program("nginx"), "-p", folder, "-c", main, "-e", folder / "log")
    with running(Proxy(port, made.authority), *arguments, log=folder / "out") as proxy:
        yield proxy


@pytest.fixture
def rights(tmp_path: Path) -> Rights:
    return Rights(tmp_path / "data")


@pytest.mark.parametrize("front", [caddy, nginx])
def test_a_tablet_pairs_and_watches_through_it(front: Any, rights: Rights, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"name": NAME, "trusted_proxies": "127.0.0.1"}
    hub = new_hub(**settings)
    with Station(hub, rights=rights, **settings) as station, front(station, tmp_path) as proxy:
        # Nobody is the station itself, whatever they say.
        for headers in ({}, {"Host": "127.0.0.1"}, {"X-Forwarded-For": "127.0.0.1"}):
            assert b"local" not in proxy.ask("GET", "/api/me", **headers)[2], headers
        assert proxy.ask("GET", "/api/me")[0] == 401
        wrong = proxy.ask("POST", "/api/pair", {"code": "00000000"})
        assert (wrong[0], b"wrong" in wrong[2]) == (403, True)
        code = rights.pairings.new_code(Role.OPERATOR, "test").text
        status, cookie, _ = proxy.ask("POST", "/api/pair", {"code": code})
        assert status == 204
        assert re.match(r"__Host-toeline=\S+; HttpOnly; .*Secure", cookie), cookie
        token = cookie.partition(";")[0]
        status, _, body = proxy.ask("GET", "/api/me", Cookie=token)
        assert (status, json.loads(body)["local"]) == (200, False)

        async def picture() -> None:
            async with connect(
                f"wss://{proxy.host}/ws/live",
                host="127.0.0.1",
                port=proxy.port,
                ssl=proxy.trust,
                server_hostname=NAME,
                additional_headers={"Origin": f"https://{proxy.host}", "Cookie": token},
                proxy=None,
            ) as client:
                assert json.loads(await client.recv())["type"] == "hello"
                hub.publish_frame(plain_frame(1), None, None)
                while isinstance(await client.recv(), str):
                    pass

        asyncio.run(asyncio.wait_for(picture(), PATIENCE_S))


def test_an_nginx_that_says_nothing_of_its_clients_makes_none_an_operator(
    rights: Rights, tmp_path: Path
) -> None:
    """As many guides have it: the host of the station, an old HTTP, no word of the client."""
    shipped = (REPOSITORY / "deploy" / "nginx.conf").read_text()
    silent = re.sub(r"(?m)^\s*(proxy_set_header|proxy_http_version).*$", "", shipped)
    with Station(new_hub(), rights=rights) as station, nginx(station, tmp_path, silent) as proxy:
        assert proxy.ask("GET", "/api/me")[0] == 401
        assert proxy.ask("GET", "/api/me", Host="127.0.0.1")[0] == 401
