"""The message about the feedback that the runner may get now."""

from edge.messages.feedback import DoseSource, GateReason
from edge.serve.wire.wire_types import Number, ToClient


class Feedback(ToClient, frozen=True, kw_only=True, tag="feedback"):
    """The feedback in force from ``time_s`` until the next such message; sent on change.

    While ``on`` is false, no cue, no target and no colour of a verdict may reach the runner, on the
    screen or as sound. A station that never sends it allows everything, as does the ``reason``
    ``free``. ``cue`` is the only one allowed; empty for none, and where everything is.
    ``feedback_pct`` is the share of the step's time with feedback, and ``dose`` says why. The
    metronome beats at ``metronome_from_spm`` at ``time_s`` and reaches ``metronome_spm`` in
    ``metronome_ramp_s``; ``display`` says the same, and both are null while it is silent. The
    target is null unless cadence is the cue.
    """

    time_s: Number
    on: bool
    reason: GateReason
    cue: str
    step: str
    feedback_pct: Number
    dose: DoseSource
    metronome_spm: Number
    metronome_from_spm: Number
    metronome_ramp_s: float
    target_low_spm: Number
    target_high_spm: Number
