"""Keys that tell the pages whom the messages are about."""

from secrets import token_hex

from edge.serve.wire import session_messages


class RunnerWatch:
    """Watch of sessions and runners; it alone decides when the previous ones are over.

    The session's key changes when a session ends or an operator begins one; without an operator's
    session also with every new runner, for whom nobody vouches. The runner's key changes with each
    of these and whenever the pipeline starts anew on a person. A session that the station begins by
    itself belongs to the runner who appeared just before, and one that continues after a disk error
    to the runner of the one that was cut short: neither changes a key.

    Parameters
    ----------
    run
        Sets the keys of this run apart from those of an earlier one; by default random.

    Attributes
    ----------
    told
        The keys in force, as sent to the pages.
    name
        Name of the session in progress; empty if there is none.
    waiting
        Whether an operator began a session whose first frame is still to come. Until then,
        everything measured is about the previous runner.
    """

    def __init__(self, run: str = "") -> None:
        self._run = run or token_hex(4)
        self._sessions = self._runners = 0
        self._runner = ""
        self._failed = False
        self.name = ""
        self.waiting = False
        self.told = self._keys()

    def follow(self, session: session_messages.Session) -> None:
        """Process news of the session."""
        if session.started_s is not None:
            self.waiting = False
        before, self.name = self.name, session.name
        if session.name == before:
            return
        if not session.name and session.notice:
            self._failed = True
            return
        goes_on = self._failed and session.runner == self._runner
        self._failed = False
        if session.name and (goes_on or not (session.runner or before)):
            return
        self._runner = session.runner
        self.waiting = bool(session.runner) and session.started_s is None
        self._change(session=True)

    def another(self) -> None:
        """Note that the pipeline starts anew on a person."""
        self.waiting = False
        self._change(session=not self._runner)

    def _change(self, *, session: bool) -> None:
        self._sessions += session
        self._runners += 1
        self.told = self._keys()

    def _keys(self) -> session_messages.Runner:
        return session_messages.Runner(
            session_key=f"{self._run}-{self._sessions}", runner_key=f"{self._run}-{self._runners}"
        )
