"""When the pages are told that the runner, or the session, is another."""

from edge.serve.live.runner_watch import RunnerWatch
from edge.serve.wire import session_messages


def news(
    name: str = "", runner: str = "", started_s: float | None = None, notice: str = ""
) -> session_messages.Session:
    return session_messages.Session(
        name=name,
        started_at="",
        recording=bool(name),
        runner=runner,
        started_s=started_s,
        notice=notice,
    )


class Turns:
    """Count of the changes of both keys."""

    def __init__(self) -> None:
        self.watch = RunnerWatch("x")
        self._before = self.watch.told

    def __call__(self) -> tuple[bool, bool]:
        """Return whether the session's and the runner's key have changed since the last call."""
        before, self._before = self._before, self.watch.told
        return (
            before.session_key != self._before.session_key,
            before.runner_key != self._before.runner_key,
        )


BOTH, RUNNER, NEITHER = (True, True), (False, True), (False, False)


def test_an_operators_session_begins_and_ends_with_new_keys() -> None:
    turns = Turns()
    turns.watch.follow(news("a", "R-1"))
    assert (turns(), turns.watch.waiting) == (BOTH, True)
    turns.watch.another()
    assert (turns(), turns.watch.waiting) == (RUNNER, False)
    turns.watch.follow(news("a", "R-1", 3.0))
    assert turns() == NEITHER
    # Steps off and on again within the session: its marks and trends stay.
    turns.watch.another()
    assert turns() == RUNNER
    turns.watch.follow(news("b", "R-2"))
    assert (turns(), turns.watch.waiting) == (BOTH, True)
    turns.watch.follow(news())
    assert (turns(), turns.watch.waiting) == (BOTH, False)


def test_a_session_that_the_station_begins_belongs_to_the_runner_who_has_just_come() -> None:
    turns = Turns()
    turns.watch.another()
    assert turns() == BOTH
    turns.watch.follow(news("a"))
    assert (turns(), turns.watch.waiting) == (NEITHER, False)
    turns.watch.another()
    assert turns() == BOTH, "nobody vouches that it is the same runner"
    turns.watch.follow(news())
    assert turns() == BOTH


def test_a_disk_that_fails_takes_nothing_from_the_page_and_the_runner_goes_on() -> None:
    turns = Turns()
    turns.watch.follow(news("a", "R-1", 1.0))
    turns()
    turns.watch.follow(news(notice="the disk is full"))
    assert turns() == NEITHER
    turns.watch.another()
    assert turns() == RUNNER
    turns.watch.follow(news("b", "R-1"))
    assert (turns(), turns.watch.waiting) == (NEITHER, False)
    turns.watch.follow(news(notice="the disk is full"))
    turns()
    turns.watch.follow(news("c", "R-2"))
    assert turns() == BOTH


def test_keys_of_another_run_are_others() -> None:
    assert RunnerWatch().told != RunnerWatch().told
