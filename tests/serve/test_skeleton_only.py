"""*Skeleton only*: no picture leaves by any door, now, later or after a restart."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from struct import unpack_from

import pytest
from feed import Station, new_hub, plain_frame
from hub_messages import key_pose
from paired_browser import NAME, Browser, paired
from websockets.sync.connection import Connection

from edge.messages.errors import RecordError
from edge.record.privacy import FILE_NAME, Privacy, skeleton_only
from edge.serve.access.rights import Rights
from edge.serve.access.roles import Role
from edge.serve.live.hub import Hub
from edge.serve.wire import binary, commands, protocol
from edge.serve.wire.commands import Shown
from edge.serve.wire.status_messages import Answer, Display

HIDE = commands.SetDisplay(id=1, shown=Shown.SKELETON)
SHOW = commands.SetDisplay(id=2, shown=Shown.PICTURE)


@pytest.fixture
def rights(tmp_path: Path) -> Iterator[Rights]:
    rights = Rights(tmp_path)
    yield rights
    rights.close()


def station(data: Path, rights: Rights, hub: Hub | None = None) -> Station:
    hub = hub or new_hub(name=NAME)
    return Station(hub, rights=rights, privacy=Privacy(data), name=NAME)


def first_told(client: Connection) -> list[protocol.Text]:
    return [protocol.decode_text(client.recv(timeout=20)) for _ in range(4)]


def shown(client: Connection) -> Shown:
    (display,) = [told for told in first_told(client) if isinstance(told, Display)]
    return display.shown


def packet_sizes(client: Connection, until: Callable[[object], bool]) -> list[int]:
    """Receive and acknowledge as a page does; return the sizes of all pictures until then."""
    sizes: list[int] = []
    while True:
        data = client.recv(timeout=20)
        if isinstance(data, str):
            message: object = protocol.decode_text(data)
        else:
            message, jpeg = binary.unpack(data)
            sizes.append(len(jpeg))
            if isinstance(message, binary.FrameHeader):
                client.send(protocol.encode_text(protocol.Ack(seq=message.seq)))
        if until(message):
            return sizes


def picture_bytes(station: Station, client: Connection, index: int) -> int:
    """Publish a frame, and return the size of the largest picture until it comes."""
    station.hub.publish_frame(plain_frame(index), None, None)

    def is_it(message: object) -> bool:
        return isinstance(message, binary.FrameHeader) and message.frame == index

    return max(packet_sizes(client, is_it))


def answer(client: Connection, command: commands.Command) -> Answer:
    found: list[Answer] = []

    def is_it(message: object) -> bool:
        if isinstance(message, Answer) and message.id == command.id:
            found.append(message)
        return bool(found)

    client.send(protocol.encode_text(command))
    packet_sizes(client, is_it)
    return found[0]


# What is kept.


def test_it_is_in_force_again_after_a_restart_before_any_picture(
    tmp_path: Path, rights: Rights
) -> None:
    with station(tmp_path, rights) as running:
        operator = paired(running, rights, Role.OPERATOR)
        with operator.live() as client:
            assert shown(client) is Shown.PICTURE
            assert picture_bytes(running, client, 0) > 100
            assert answer(client, HIDE).ok
            assert picture_bytes(running, client, 1) == 0
    hub = new_hub(name=NAME)
    # The camera delivers before the page is served.
    hub.publish_frame(plain_frame(0), None, None)
    hub.publish(key_pose(0))
    with station(tmp_path, rights, hub) as again, operator_of(operator, again).live() as client:
        assert shown(client) is Shown.SKELETON
        # The still comes first, then the frame.
        assert picture_bytes(again, client, 1) == 0
        assert picture_bytes(again, client, 2) == 0
        assert answer(client, SHOW).ok
        assert picture_bytes(again, client, 3) > 100
    assert not skeleton_only(tmp_path)


def operator_of(browser: Browser, station: Station) -> Browser:
    again = Browser(station)
    again.cookie = browser.cookie
    return again


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"false",
        b"{}",
        b'{"skeleton_only": 0}',
        b'{"skeleton_only": "false"}',
        b'{"skeleton_only": null}',
        b'{"skeleton_only": true}\n',
        b"\xff\xfe",
        b"[" * 100_000,
        b"\x00" * 25,
    ],
)
def test_a_choice_that_cannot_be_read_is_skeletons(content: bytes, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    assert skeleton_only(tmp_path)
    assert Privacy(tmp_path).skeleton_only


def test_a_choice_that_is_a_folder_or_leads_nowhere_is_skeletons(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    assert skeleton_only(tmp_path)
    loop = tmp_path / "loop"
    loop.mkdir()
    (loop / FILE_NAME).symlink_to(loop / FILE_NAME)
    assert skeleton_only(loop)
    (tmp_path / "file").write_text("")
    assert skeleton_only(tmp_path / "file")


def test_before_any_choice_pictures_are_shown(tmp_path: Path) -> None:
    assert not skeleton_only(tmp_path)
    assert not skeleton_only(tmp_path / "not there yet")


def test_a_choice_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    Privacy(data).switch(on=True)
    assert skeleton_only(data)
    assert (data / FILE_NAME).stat().st_mode & 0o777 == 0o600
    Privacy(data).switch(on=False)
    assert not skeleton_only(data)
    assert [path.name for path in data.iterdir()] == [FILE_NAME]


def test_what_cannot_be_kept_stays_closed(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    (tmp_path / FILE_NAME / "in the way").touch()
    privacy = Privacy(tmp_path)
    for on in (False, True, False):
        with pytest.raises(RecordError, match="cannot record to"):
            privacy.switch(on=on)
        assert privacy.skeleton_only


def test_an_operator_is_told_that_it_could_not_be_kept(tmp_path: Path, rights: Rights) -> None:
    with station(tmp_path, rights) as running:
        (tmp_path / FILE_NAME).mkdir()
        (tmp_path / FILE_NAME / "in the way").touch()
        with Browser(running, "127.0.0.1").live() as client:
            assert shown(client) is Shown.PICTURE
            told = answer(client, HIDE)
            # It holds all the same, until the station is started again.
            assert (told.ok, told.code) == (False, "disk")
            assert picture_bytes(running, client, 0) == 0
            assert not answer(client, SHOW).ok
            assert picture_bytes(running, client, 1) == 0


# The replay.


def replay_sizes(body: bytes) -> list[int]:
    sizes, at = [], 0
    while at < len(body):
        (length,) = unpack_from("<I", body, at)
        sizes.append(len(binary.unpack(body[at + 4 : at + 4 + length])[1]))
        at += 4 + length
    return sizes


def test_a_replay_is_audited_uncached_and_without_pictures_from_the_switch_on(
    tmp_path: Path, rights: Rights
) -> None:
    with station(tmp_path, rights) as running:
        viewer = paired(running, rights, Role.VIEWER)
        with Browser(running, "127.0.0.1").live() as client:
            for index in range(3):
                assert picture_bytes(running, client, index) > 100
            status, headers, body = viewer.ask("GET", "/api/replay?seconds=10")
            assert (status, headers["cache-control"]) == (200, "no-store")
            assert len(replay_sizes(body)) == 3
            assert min(replay_sizes(body)) > 100
            viewer.ask("GET", "/api/replay?seconds=5")
            assert answer(client, HIDE).ok
            assert picture_bytes(running, client, 3) == 0
            body = viewer.ask("GET", "/api/replay")[2]
            assert replay_sizes(body) == [0]
    told = [(e.what, e.who, e.detail) for e in rights.audit.entries() if "replay" in e.detail]
    assert told == [("viewed", "device 1", "the replay")]


def test_a_view_that_cannot_be_audited_is_refused(
    tmp_path: Path, rights: Rights, monkeypatch: pytest.MonkeyPatch
) -> None:
    with station(tmp_path, rights) as running:
        viewer = paired(running, rights, Role.VIEWER)
        with rights.audit._file.transaction() as database:
            database.execute("ALTER TABLE audit RENAME TO gone")
        status, _, body = viewer.ask("GET", "/api/replay")
        assert (status, "audit" in json.loads(body)["detail"]) == (503, True)
        assert Browser(running, "127.0.0.1").ask("GET", "/api/replay")[0] == 200
        with suppress(Exception), viewer.live() as client:
            pytest.fail(str(client.recv(timeout=20)))
