"""Behind a reverse proxy nobody is the station itself, and only a trusted one is believed."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from feed import Station, new_hub
from paired_browser import NAME, Browser, paired, refused
from starlette.types import Scope
from websockets.sync.client import connect

from edge.messages.errors import ServeError
from edge.serve.access.addresses import is_loopback, plain
from edge.serve.access.proxies import Proxies, Sender
from edge.serve.access.rights import Rights
from edge.serve.access.roles import Role
from edge.serve.binding import bind, url_of
from edge.settings.serve_settings import ServeSettings


@pytest.fixture
def rights(tmp_path: Path) -> Rights:
    return Rights(tmp_path)


@pytest.fixture
def behind(rights: Rights) -> Iterator[Station]:
    """A station that trusts a proxy on its own machine."""
    settings: dict[str, Any] = {"name": NAME, "trusted_proxies": "127.0.0.1"}
    with Station(new_hub(**settings), rights=rights, **settings) as running:
        yield running


def me(browser: Browser, **headers: str) -> tuple[int, bool | None]:
    status, _, body = browser.ask("GET", "/api/me", **headers)
    return status, json.loads(body).get("local")


SIGNS = {
    "Via": "1.1 Caddy",
    "Forwarded": "for=10.0.0.9",
    "X-Forwarded-For": "10.0.0.9",
    "X-Forwarded-Host": "station.clinic",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "443",
    "X-Forwarded": "10.0.0.9",
    "X-Real-IP": "127.0.0.1",
    "X-Client-IP": "127.0.0.1",
    "CF-Connecting-IP": "127.0.0.1",
    "CF-Ray": "8d",
    "CF-Visitor": '{"scheme":"https"}',
    "True-Client-IP": "127.0.0.1",
    "X-Envoy-External-Address": "10.0.0.9",
}


@pytest.mark.parametrize("sign", SIGNS)
def test_any_sign_of_a_proxy_takes_the_trust_in_the_station_itself_away(
    rights: Rights, sign: str
) -> None:
    with Station(new_hub(), rights=rights) as station:
        local = Browser(station, "127.0.0.1")
        assert me(local) == (200, True)
        assert me(local, **{sign: SIGNS[sign]}) == (401, None)
        assert refused(local, headers={sign: SIGNS[sign]}) == 403


def test_a_proxy_that_speaks_an_old_http_or_keeps_its_own_host_is_one(rights: Rights) -> None:
    with Station(new_hub(), rights=rights) as station:
        for line in ("HTTP/1.0\r\nHost: 127.0.0.1", "HTTP/1.1\r\nHost: station.clinic"):
            with socket.create_connection(("127.0.0.1", station.port), 20) as client:
                close = "Connection: close"
                client.sendall(f"GET /api/me {line}\r\n{close}\r\n\r\n".encode())
                reply = client.makefile("rb").read()
            assert reply.split()[1] in (b"400", b"401"), reply


def test_two_host_names_are_none(rights: Rights) -> None:
    hosts = b"Host: 127.0.0.1\r\nHost: evil.example\r\n"
    with (
        Station(new_hub(), rights=rights) as station,
        socket.create_connection(("127.0.0.1", station.port), 20) as client,
    ):
        client.sendall(b"GET /api/me HTTP/1.1\r\n" + hosts + b"Connection: close\r\n\r\n")
        assert client.makefile("rb").readline().split()[1] == b"400"


def sender(trusted: str, peer: str, **headers: str) -> Sender:
    pairs = [(k.replace("_", "-").lower().encode(), v.encode()) for k, v in headers.items()]
    scope: Scope = {"type": "http", "headers": pairs, "client": (peer, 1), "scheme": "http"}
    return Proxies(trusted).sender_of(scope)


def test_only_a_trusted_proxy_is_believed_who_its_client_is() -> None:
    told = {"X_Forwarded_For": "192.168.1.7", "X_Forwarded_Proto": "https"}
    believed = Sender(address="192.168.1.7", proxied=True, secure=True)
    assert sender("127.0.0.1", "127.0.0.1", **told) == believed
    assert sender("127.0.0.0/8, ::1", "::ffff:127.0.0.1", **told) == believed
    assert sender("10.0.0.0/8", "127.0.0.1", **told) == Sender(
        address="127.0.0.1", proxied=True, secure=False
    )
    assert sender("", "127.0.0.1", **told).address == "127.0.0.1"
    assert not sender("", "127.0.0.1", **told).secure


def test_what_a_client_invents_stands_before_what_the_proxy_adds() -> None:
    def address(value: str) -> str:
        return sender("127.0.0.1, 10.0.0.0/8", "127.0.0.1", X_Forwarded_For=value).address

    assert address("127.0.0.1, 192.168.1.7") == "192.168.1.7"
    assert address("1.2.3.4, 192.168.1.7, 10.1.1.1") == "192.168.1.7"
    assert address("localhost, 10.1.1.1") == "10.1.1.1"
    assert address("::ffff:192.168.1.7") == "192.168.1.7"
    assert address("") == "127.0.0.1"
    assert address("<script>") == "127.0.0.1"


def test_a_client_of_a_trusted_proxy_is_never_the_station_itself(behind: Station) -> None:
    browser = Browser(behind, "127.0.0.1")
    assert me(browser) == (200, True)
    for address in ("127.0.0.1", "::1", "10.0.0.9", ""):
        assert me(browser, X_Forwarded_For=address, Via="1.1 Caddy") == (401, None)


def test_a_tablet_pairs_through_a_trusted_proxy_and_its_cookie_is_secure(
    behind: Station, rights: Rights
) -> None:
    through = {"X-Forwarded-For": "10.0.0.9", "X-Forwarded-Proto": "https"}
    tablet = Browser(behind)
    origin = {"Origin": f"https://{tablet.host}"}
    body = {"code": rights.pairings.new_code(Role.VIEWER, "test").text}
    status, headers, _ = tablet.ask("POST", "/api/pair", body, **through, **origin)
    assert status == 204
    cookie = [part.strip() for part in headers["set-cookie"].split(";")]
    assert cookie[0].startswith("__Host-toeline=")
    assert {"Secure", "HttpOnly", "SameSite=strict"} <= set(cookie)
    tablet.cookie = cookie[0]
    assert me(tablet, **through) == (200, False)
    assert "from 10.0.0.9" in next(e.detail for e in rights.audit.entries() if e.what == "paired")
    with tablet.live(headers=through | origin) as client:
        assert json.loads(client.recv(timeout=20))["type"] == "hello"


def test_each_client_of_a_trusted_proxy_has_limits_of_its_own(behind: Station) -> None:
    stranger = Browser(behind)

    def asked(count: int, forwarded: str) -> set[int]:
        return {stranger.ask("GET", "/", X_Forwarded_For=forwarded)[0] for _ in range(count)}

    assert asked(45, "10.0.0.9") == {401, 429}
    assert asked(10, "10.0.0.10") == {401}
    # What the client itself puts before its address makes it no other.
    assert 429 in asked(10, "1.1.1.1, 10.0.0.9")


def test_browsers_on_the_station_itself_pair_where_that_is_wanted(rights: Rights) -> None:
    with Station(new_hub(pair_local=True), rights=rights, pair_local=True) as station:
        local = Browser(station, "127.0.0.1")
        assert me(local) == (401, None)
        assert refused(local) == 403
        assert local.pair(rights.pairings.new_code(Role.OPERATOR, "test").text) == 204
        assert me(local) == (200, False)


def test_the_service_manager_needs_no_pairing_to_see_how_it_goes(rights: Rights) -> None:
    with Station(new_hub(pair_local=True), rights=rights, pair_local=True) as station:
        local = Browser(station, "127.0.0.1")
        assert local.ask("GET", "/healthz")[0] == 200
        assert local.ask("GET", "/healthz", Via="1.1 Caddy")[0] == 401
        assert local.ask("GET", "/metrics")[0] == 401


def test_a_station_that_cannot_pair_says_how_it_could() -> None:
    with Station() as station:
        through = {"X_Forwarded_For": "10.0.0.9"}
        status, _, body = Browser(station, "127.0.0.1").ask(
            "POST", "/api/pair", {"code": "1"}, **through
        )
    assert status == 503
    assert "serve.trusted_proxies" in json.loads(body)["detail"]


@pytest.mark.parametrize("trusted", ["proxy", "10.0.0.0/33", "127.0.0.1;::1"])
def test_a_proxy_that_is_no_address_is_refused_at_the_start(trusted: str) -> None:
    with pytest.raises(ServeError, match=r"serve\.trusted_proxies: '.*' is no address or network"):
        bind(ServeSettings(port=0, trusted_proxies=trusted))


# All addresses, of both kinds.


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_a_station_on_all_addresses_knows_its_own_browsers(rights: Rights, host: str) -> None:
    with Station(new_hub(listen="::"), rights=rights, listen="::") as station:
        assert station.url == f"http://127.0.0.1:{station.port}/"
        browser = Browser(station, host)
        # Over IPv4 on an IPv6 socket: the peer is ::ffff:127.0.0.1.
        assert me(browser) == (200, True)
        with connect(f"ws://{host}:{station.port}/ws/live", proxy=None) as client:
            client.recv(timeout=20)


def test_a_station_on_all_addresses_pairs_the_others(rights: Rights) -> None:
    settings: dict[str, Any] = {"listen": "::", "name": NAME}
    with Station(new_hub(**settings), rights=rights, **settings) as station:
        assert me(Browser(station)) == (401, None)
        # The address that was connected to, as an IPv4 client writes it, is the station's own.
        assert me(Browser(station, "127.0.0.1"), X_Forwarded_For="10.0.0.9") == (401, None)
        assert paired(station, rights, Role.VIEWER).ask("GET", "/")[0] == 200


def test_addresses_are_compared_as_what_they_are() -> None:
    assert is_loopback("::ffff:127.0.0.1")
    assert is_loopback("::1%lo")
    assert not is_loopback("::ffff:10.0.0.9")
    assert plain("::FFFF:10.0.0.9") == "10.0.0.9"
    assert plain("FE80::1%eth0") == "fe80::1"


def test_an_ipv6_address_alone_takes_no_ipv4() -> None:
    with bind(ServeSettings(listen="::1", port=0)) as listener:
        assert url_of(listener) == f"http://[::1]:{listener.getsockname()[1]}/"
        assert listener.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY) == 1


def test_the_zone_of_a_link_local_address_is_understood() -> None:
    # Understood, and then not there.
    with pytest.raises(ServeError, match="Cannot assign requested address"):
        bind(ServeSettings(listen="fe80::1%lo", port=0))
    with pytest.raises(ServeError, match="cannot listen on fe80::1%nowhere"):
        bind(ServeSettings(listen="fe80::1%nowhere", port=0))
