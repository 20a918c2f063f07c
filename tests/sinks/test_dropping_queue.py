from edge.sinks.plugins.dropping_queue import DroppingQueue


def test_the_oldest_give_way_and_are_counted() -> None:
    queue: DroppingQueue[int] = DroppingQueue(3)
    assert [queue.put(number) for number in range(5)] == [True, True, True, False, False]
    queue.close()
    assert list(queue) == [2, 3, 4]
    assert queue.dropped == 2


def test_after_its_end_it_takes_nothing() -> None:
    queue: DroppingQueue[int] = DroppingQueue(3)
    queue.close()
    assert queue.put(1)
    assert list(queue) == []
    assert queue.dropped == 0
