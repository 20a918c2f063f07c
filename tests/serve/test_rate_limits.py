from edge.serve.access.rate_limits import Bucket, Buckets
from edge.serve.live.stride_replay import Replay


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_bucket_lets_a_burst_through_and_then_its_rate() -> None:
    clock = Clock()
    bucket = Bucket(2.0, 3.0, clock)
    assert [bucket.take() for _ in range(5)] == [True, True, True, False, False]
    clock.now_s = 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]
    clock.now_s = 100.0
    assert [bucket.take() for _ in range(5)] == [True, True, True, False, False]


def test_each_address_has_its_own_and_the_oldest_is_forgotten() -> None:
    clock = Clock()
    buckets = Buckets(1.0, 1.0, clock, most=2)
    assert buckets.take("a")
    assert not buckets.take("a")
    assert buckets.take("b")
    assert buckets.take("c")
    assert len(buckets) == 2
    assert not buckets.take("c")
    assert buckets.take("a")


def test_the_replay_is_bounded_in_time_count_and_bytes() -> None:
    for replay in (Replay(keep_s=1.0), Replay(keep_count=60), Replay(keep_bytes=6000)):
        for index in range(600):
            replay.add(index / 60, bytes([index % 256]) * 100)
        assert 59 <= len(replay) <= 61
        assert replay.nbytes == 100 * len(replay)
        assert replay.last(10, 240)[-1][0] == 599 % 256


def test_a_replay_gives_as_many_seconds_and_frames_a_second_as_asked() -> None:
    replay = Replay()
    for index in range(600):
        replay.add(index / 60, b"%d" % index)
    assert len(replay.last(1.0, 60)) == 61
    halved = [int(packet) for packet in replay.last(1.0, 30)]
    assert halved == list(range(539, 600, 2))
    assert Replay().last(10, 60) == []


def test_a_clip_that_begins_again_begins_the_replay_again() -> None:
    replay = Replay()
    replay.add(5.0, b"a")
    replay.add(0.0, b"b")
    assert replay.last(10, 60) == [b"b"]
