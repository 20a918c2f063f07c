"""Pictures on the disk: whole after any cut, found by their frame, deleted with their session."""

from dataclasses import replace
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from fakes import still_frame
from stored import HEAD

from edge.messages.frame import Frame
from edge.record import erasure, video_log
from edge.record.store import Store
from edge.record.video_files import INDEX, PICTURES, VideoReader, picture_at, video_files
from edge.record.video_log import VideoLog

NOW = datetime(2026, 1, 31, 9, 0, 0, tzinfo=UTC)


def own_jpeg(index: int) -> bytes:
    return b"\xff\xd8" + bytes([index % 251]) * (50 + index % 7) + b"\xff\xd9"


def camera_frame(index: int) -> Frame:
    return replace(still_frame(index), jpeg=own_jpeg(index))


def kept(folder: Path, frames: int, first: int = 0) -> VideoReader:
    log = VideoLog(folder)
    for index in range(first, first + frames):
        log.picture(camera_frame(index))
    log.close()
    return VideoReader(folder)


def test_a_cameras_own_jpeg_is_kept_as_it_is_and_found_by_its_frame(tmp_path: Path) -> None:
    reader = kept(tmp_path, 200)
    assert [place.frame_index for place in reader.places()] == list(range(200))
    assert [jpeg for _, jpeg in reader.pictures()] == [own_jpeg(index) for index in range(200)]
    ((place, jpeg),) = reader.pictures((77,))
    assert jpeg == own_jpeg(77)
    assert place.time_s == still_frame(77).time_s
    assert place.size_px == still_frame(77).image.shape[1::-1]
    assert list(reader.pictures((200,))) == []
    assert reader.nbytes() == sum(path.stat().st_size for path in tmp_path.iterdir())


def test_what_is_not_compressed_yet_becomes_jpeg_after_jpeg(tmp_path: Path) -> None:
    log = VideoLog(tmp_path)
    for index in range(5):
        log.picture(still_frame(index))
    log.close()
    ((_place, jpeg),) = VideoReader(tmp_path).pictures((3,))
    seen = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert seen is not None
    assert seen.shape == still_frame(3).image.shape
    assert abs(seen.astype(int) - still_frame(3).image).mean() < 12
    # Nothing else is in the file: that is what players of motion JPEG want.
    data = (tmp_path / f"000001{PICTURES}").read_bytes()
    assert data == b"".join(picture for _, picture in VideoReader(tmp_path).pictures())
    assert data.startswith(b"\xff\xd8")


def test_segments_rotate_and_those_that_are_there_are_not_touched(tmp_path: Path) -> None:
    log = VideoLog(tmp_path)
    for second in range(130):
        log.picture(replace(camera_frame(second), time_s=float(second)))
    log.close()
    names = [f"00000{n}{suffix}" for n in (1, 2, 3) for suffix in (INDEX, PICTURES)]
    assert [path.name for path in video_files(tmp_path)] == names
    before = [path.read_bytes() for path in video_files(tmp_path)]
    reader = kept(tmp_path, 3, first=500)
    assert [path.read_bytes() for path in video_files(tmp_path)][:6] == before
    assert [p.frame_index for p in reader.places()] == [*range(130), 500, 501, 502]


def test_a_frame_without_its_picture_is_left_out(tmp_path: Path) -> None:
    log = VideoLog(tmp_path)
    log.picture(camera_frame(0))
    log.picture(replace(camera_frame(1), image=np.empty((0, 0, 3), np.uint8), jpeg=None))
    log.picture(camera_frame(2))
    log.close()
    assert [place.frame_index for place in VideoReader(tmp_path).places()] == [0, 2]


@pytest.mark.parametrize("seed", range(30))
def test_after_any_cut_whole_pictures_are_read_and_no_other(tmp_path: Path, seed: int) -> None:
    kept(tmp_path, 40)
    random = np.random.default_rng(seed)
    for path in video_files(tmp_path):
        data = path.read_bytes()
        path.write_bytes(data[: random.integers(0, len(data))])
    index, pictures = (path.read_bytes() for path in video_files(tmp_path))
    ends = np.cumsum([len(own_jpeg(number)) for number in range(40)])
    # The first line of an index is its head.
    whole = min(max(0, index.count(b"\n") - 1), int((ends <= len(pictures)).sum()))
    read = list(VideoReader(tmp_path).pictures())
    assert [jpeg for _, jpeg in read] == [own_jpeg(number) for number in range(whole)]


def test_damage_is_seen_and_zeros_are_no_index(tmp_path: Path) -> None:
    kept(tmp_path, 10)
    pictures, index = tmp_path / f"000001{PICTURES}", tmp_path / f"000001{INDEX}"
    data = bytearray(pictures.read_bytes())
    data[5] ^= 1
    pictures.write_bytes(data)
    read = [place.frame_index for place, _ in VideoReader(tmp_path).pictures()]
    assert read == list(range(1, 10))
    text = index.read_bytes()
    index.write_bytes(text + bytes(300))
    assert len(VideoReader(tmp_path).places()) == 10
    index.write_bytes(bytes(300))
    assert VideoReader(tmp_path).places() == []
    for line in ("", "1,2", "1,nan,3,4,5,6,ff", "1,0.5,3,4,-5,6,ff", "a,0.5,3,4,5,6,ff"):
        with pytest.raises(ValueError, match=r"."):
            picture_at(line)


def test_the_index_is_never_ahead_of_the_pictures(tmp_path: Path) -> None:
    log = VideoLog(tmp_path)
    for index in range(150):
        log.picture(camera_frame(index))
    # As a pulled plug would: nothing of the last second is said.
    log.abandon()
    read = [place.frame_index for place, _ in VideoReader(tmp_path).pictures()]
    assert read == list(range(len(read)))
    assert 150 - 61 <= len(read) < 150


class FullDisk(FileIO):
    """A file that takes half of what it is given, and nothing after that."""

    room = 10**9

    def write(self, data: Any) -> int:
        fits = bytes(data)[: FullDisk.room]
        if not fits:
            raise OSError(28, "No space left on device")
        FullDisk.room -= len(fits)
        return super().write(fits)


def test_a_full_disk_leaves_whole_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_log, "FileIO", FullDisk)
    monkeypatch.setattr(FullDisk, "room", 10**9)
    log = VideoLog(tmp_path)
    log.picture(camera_frame(0))
    log.sync()
    FullDisk.room = 20
    with pytest.raises(OSError, match="No space"):
        log.picture(camera_frame(1))
    log.abandon()
    assert (tmp_path / f"000001{PICTURES}").read_bytes() == own_jpeg(0)
    # With room again it goes on in a new segment.
    FullDisk.room = 10**9
    log.picture(camera_frame(2))
    log.close()
    assert [place.frame_index for place in VideoReader(tmp_path).places()] == [0, 2]


def test_pictures_are_deleted_with_their_session_and_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    overwritten: list[str] = []
    real = erasure._overwrite

    def overwrite(path: Path) -> None:
        real(path)
        assert set(path.read_bytes()) <= {0}
        overwritten.append(path.name)

    monkeypatch.setattr(erasure, "_overwrite", overwrite)
    with Store(tmp_path) as store:
        session = store.begin(HEAD, NOW)
        kept(session.folder, 10)
        assert len(store.read(session).video().places()) == 10
        store.delete(session)
        assert overwritten == [f"000001{INDEX}", f"000001{PICTURES}"]
        assert not session.folder.exists()
        assert store.read(session).video().places() == []
