"""The installed program in a network: a tablet is paired, steers a visit, and is shown out."""

import http.client
import json
import socket
from pathlib import Path
from struct import unpack_from
from typing import Any

import pytest
from command import toeline
from program import Program, free_port
from websockets.sync.client import ClientConnection, connect
from websockets.sync.connection import Connection

from edge.record.store import Store
from edge.serve.wire import binary, commands, protocol
from edge.serve.wire.status_messages import Answer, Mark, Neutral, Progress, SetUp
from edge.serve.wire.stride_message import Stride
from edge.settings import paths

NAME = "station.clinic"


class Tablet:
    """A browser elsewhere, as far as it needs one."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._host = f"{NAME}:{port}"
        self._cookie = ""

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        headers = {"Host": self._host, "Origin": f"http://{self._host}", "Cookie": self._cookie}
        try:
            headers["Content-Type"] = "application/json"
            connection.request(method, path, json.dumps(body) if body else None, headers)
            reply = connection.getresponse()
            if (cookie := reply.headers["set-cookie"]) is not None:
                self._cookie = cookie.partition(";")[0]
            return reply.status, reply.read()
        finally:
            connection.close()

    def live(self) -> ClientConnection:
        headers = {"Origin": f"http://{self._host}", "Cookie": self._cookie}
        return connect(
            f"ws://{self._host}/ws/live",
            sock=socket.create_connection(("127.0.0.1", self._port), 20),
            additional_headers=headers,
            proxy=None,
            max_size=None,
        )


class Visit:
    """One link of the tablet, and everything it was told."""

    def __init__(self, client: Connection) -> None:
        self._client = client
        self._ids = iter(range(1000))
        self.frames = 0
        self.told: list[protocol.Text] = []

    def until(self, kind: type[Any], wanted: Any = lambda _: True) -> Any:
        while True:
            data = self._client.recv(timeout=90)
            if isinstance(data, bytes):
                header, _ = binary.unpack(data)
                if isinstance(header, binary.FrameHeader):
                    self.frames += 1
                    self._client.send(protocol.encode_text(protocol.Ack(seq=header.seq)))
                continue
            message = protocol.decode_text(data)
            self.told.append(message)
            if isinstance(message, kind) and wanted(message):
                return message

    def order(self, of: type[Any], **fields: Any) -> Answer:
        number = next(self._ids)
        self._client.send(protocol.encode_text(of(id=number, **fields)))
        answer = self.until(Answer, lambda a: a.id == number)
        assert isinstance(answer, Answer)
        return answer


def test_a_paired_tablet_steers_a_visit_and_nobody_else_does(
    tmp_path: Path, models_dir: Path
) -> None:
    port = free_port()
    arguments = ("run", "--source", paths.demo_clip(), "--loop", "--listen", "0.0.0.0")
    more = ("--port", str(port), "--set", f"serve.name={NAME}")
    with Program(*arguments, *more, data=tmp_path, models=models_dir) as program:
        assert program.line().startswith(f"Toeline is running at http://127.0.0.1:{port}/ ")
        assert f"Paired tablets reach it at http://{NAME}:{port}/;" in program.line()
        tablet = Tablet(port)
        assert tablet.ask("GET", "/healthz")[0] == 401
        said = toeline("pair", "--role", "operator", environment={"TOELINE_DATA": tmp_path})
        link = said.stdout.splitlines()[0]
        assert link.startswith(f"http://{NAME}:{port}/pair#")
        code = link.partition("#")[2]
        assert tablet.ask("POST", "/api/pair", {"code": code, "label": "tablet"})[0] == 204
        with tablet.live() as client:
            visit = Visit(client)
            steer(visit, tablet)
            listed = toeline("pair", "--list", environment={"TOELINE_DATA": tmp_path})
            assert "operator" in listed.stdout
            ended = toeline("pair", "--revoke", "1", environment={"TOELINE_DATA": tmp_path})
            assert ended.stdout == "device 1 is no longer paired\n"
            with pytest.raises(Exception, match="4401"):
                visit.until(Answer)
        assert tablet.ask("GET", "/api/me")[0] == 401
    audit = toeline("pair", "--audit", environment={"TOELINE_DATA": tmp_path}).stdout
    for what in ("code made: toeline pair", "paired: device 1", "viewed: device 1", "revoked: "):
        assert what in audit
    with Store(tmp_path, create=False) as store:
        (session,) = store.sessions(runner="R-07")
        assert [m.kind for m in store.read(session).marks()] == ["set_up", "pain_now"]
        assert store.read(session).strides()


def steer(visit: Visit, tablet: Tablet) -> None:
    """Go through a visit: belt, session, set-up, stance, mark, replay, end."""
    began = visit.order(commands.StartSession, runner="R-07", belt_speed_mps=3.0)
    assert began.ok, began
    assert visit.until(Stride).valid in (True, False)
    assert visit.order(commands.CheckSetUp).ok
    checked = visit.until(SetUp, lambda told: told.state is Progress.DONE)
    assert {check.name: check.code for check in checked.checks}["runner_size"] == "well"
    # A runner in motion is asked to stand still.
    assert visit.order(commands.CaptureNeutral).ok
    assert visit.until(Neutral, lambda told: told.code == "moving").text.startswith("Stand still")
    assert visit.order(commands.SetMark, kind="pain_now").ok
    # A command's changes are sent to every client before its answer.
    assert [told.kind for told in visit.told if isinstance(told, Mark)] == ["pain_now"]
    status, body = tablet.ask("GET", "/api/replay?seconds=10&most_hz=30")
    assert status == 200
    assert frames_in(body) > 20
    assert visit.order(commands.StopSession).ok
    assert visit.frames > 20


def frames_in(body: bytes) -> int:
    """Count the frames of a replay; each must be whole, and later than the one before."""
    times: list[float] = []
    at = 0
    while at < len(body):
        (length,) = unpack_from("<I", body, at)
        header, jpeg = binary.unpack(body[at + 4 : at + 4 + length])
        assert isinstance(header, binary.FrameHeader)
        assert jpeg[:2] == b"\xff\xd8"
        times.append(header.time_s or 0.0)
        at += 4 + length
    assert times == sorted(times)
    return len(times)


def test_nobody_is_paired_with_a_station_that_is_not_there(tmp_path: Path) -> None:
    ended = toeline("pair", environment={"TOELINE_DATA": tmp_path})
    assert ended.returncode == 1
    assert "no station on this machine is reachable from tablets" in ended.stderr


def test_certificates_are_made_where_the_station_takes_them_from(tmp_path: Path) -> None:
    data = {"TOELINE_DATA": tmp_path}
    missing = toeline("run", "--source", "0", "--tls", environment=data)
    assert (missing.returncode, "toeline certs" in missing.stderr) == (1, True)
    made = toeline("certs", "--name", NAME, environment=data)
    assert made.returncode == 0
    assert f"for {NAME}, 127.0.0.1, ::1, localhost" in made.stdout
    assert (tmp_path / "access" / "certificates" / "ca.pem").exists()
