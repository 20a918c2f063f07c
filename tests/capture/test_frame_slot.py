import threading

from hypothesis import given
from hypothesis import strategies as st

from edge.capture.frame_slot import Slot

PATIENCE_S = 60.0
SOON_S = 20.0


@given(puts=st.lists(st.booleans(), max_size=60))
def test_newest_wins_and_every_item_is_accounted_for(puts: list[bool]) -> None:
    slot: Slot[int] = Slot()
    put, taken = 0, []
    for is_put in puts:
        if is_put:
            put += 1
            slot.put(put)
        elif (item := slot.take(0.0)) is not None:
            assert item == put
            taken.append(item)
    left = slot.take(0.0) is not None
    assert taken == sorted(set(taken))
    assert len(taken) + slot.dropped + left == put


def test_an_empty_slot_gives_none_in_time() -> None:
    assert Slot[int]().take(0.0) is None


def test_a_falsy_item_is_an_item() -> None:
    slot: Slot[int] = Slot()
    slot.put(0)
    slot.put(0)
    assert slot.dropped == 1
    assert slot.take(0.0) == 0


def test_a_waiting_taker_gets_the_item() -> None:
    slot: Slot[str] = Slot()
    got: list[str | None] = []
    taker = threading.Thread(target=lambda: got.append(slot.take(PATIENCE_S)))
    taker.start()
    slot.put("frame")
    taker.join(SOON_S)
    assert not taker.is_alive()
    assert got == ["frame"]


def test_close_wakes_every_taker() -> None:
    slot: Slot[str] = Slot()
    got: list[str | None] = []
    takers = [threading.Thread(target=lambda: got.append(slot.take(PATIENCE_S))) for _ in range(3)]
    for taker in takers:
        taker.start()
    slot.close()
    for taker in takers:
        taker.join(SOON_S)
        assert not taker.is_alive()
    assert got == [None] * 3


def test_after_close_the_last_item_can_be_taken_and_none_be_put() -> None:
    slot: Slot[str] = Slot()
    slot.put("last")
    slot.close()
    slot.put("too late")
    assert slot.closed
    assert slot.take(0.0) == "last"
    assert slot.take(PATIENCE_S) is None
    assert slot.dropped == 0


def test_nothing_is_lost_or_doubled_between_two_threads() -> None:
    slot: Slot[int] = Slot()
    count = 20_000

    def produce() -> None:
        for number in range(count):
            slot.put(number)
        slot.close()

    producer = threading.Thread(target=produce)
    producer.start()
    taken = []
    while (item := slot.take(PATIENCE_S)) is not None:
        taken.append(item)
    producer.join(SOON_S)
    assert taken == sorted(set(taken))
    assert taken[-1] == count - 1
    assert len(taken) + slot.dropped == count
