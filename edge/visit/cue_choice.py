"""The one cue that a baseline asks for."""

from edge.messages.verdict import CueKind, Fault, Verdict, VerdictState


class CueChoice:
    """Chooses a cue by the last verdicts of a baseline.

    Notes
    -----
    Source: docs/gait-metrics.md, "Cues": knees forward with the hips forward: sit back; otherwise
    cadence, also where no fault was found or nothing could be judged, which the code says.
    """

    def __init__(self) -> None:
        self._last: dict[Fault, Verdict] = {}

    def reset(self) -> None:
        """Start for another baseline."""
        self._last.clear()

    def see(self, verdict: Verdict) -> None:
        """Take in a verdict of the baseline; one without an answer changes nothing."""
        if verdict.state is not VerdictState.UNKNOWN:
            self._last[verdict.fault] = verdict

    def choose(self) -> tuple[CueKind, str]:
        """Return the cue, and why: a code of ``CHOICE_CODES``."""
        if not self._last:
            return CueKind.CADENCE, "not_judged"
        knees, push_off = (self._last.get(fault) for fault in Fault)
        if knees is not None and knees.cue == CueKind.SIT_BACK:
            return CueKind.SIT_BACK, "hips_forward"
        if knees is not None and knees.cue is not None:
            return CueKind.CADENCE, "knees_only"
        if push_off is not None and push_off.cue is not None:
            return CueKind.CADENCE, "push_off"
        return CueKind.CADENCE, "no_fault"
