"""What a report says in plain words."""

from dataclasses import dataclass
from math import isfinite
from typing import Final

from edge.messages.side import Side
from edge.messages.verdict import Fault, VerdictState
from edge.numerics.statistics import Spread
from edge.record.tables import METRIC_COLUMNS
from edge.report.facts import DECIDING, Leg, Visit

# What is looked at, not the fault: "bent knee: as it should be" would be read the wrong way round.
TITLES: Final = {
    Fault.KNEES_FORWARD: "Knee against toes at peak knee bend",
    Fault.BENT_PUSH_OFF: "Straightening of the leg in push-off",
}
STATES: Final = {
    VerdictState.GREEN: "as it should be",
    VerdictState.AMBER: "watch",
    VerdictState.RED: "clear fault",
    VerdictState.BORDERLINE: "on the line",
    VerdictState.UNKNOWN: "not judged",
}
SAID: Final = {
    (Fault.KNEES_FORWARD, VerdictState.GREEN): "the knee stays behind the toes when most bent",
    (Fault.KNEES_FORWARD, VerdictState.AMBER): "the knee comes too far forward when most bent",
    (
        Fault.KNEES_FORWARD,
        VerdictState.RED,
    ): "the knee travels clearly ahead of the toes when most bent",
    (
        Fault.KNEES_FORWARD,
        VerdictState.BORDERLINE,
    ): "how far forward the knee comes lies on the limit and cannot be decided",
    (Fault.BENT_PUSH_OFF, VerdictState.GREEN): "the leg straightens in push-off",
    (Fault.BENT_PUSH_OFF, VerdictState.AMBER): "the knee stays somewhat bent in push-off",
    (Fault.BENT_PUSH_OFF, VerdictState.RED): "the knee stays clearly bent in push-off",
    (
        Fault.BENT_PUSH_OFF,
        VerdictState.BORDERLINE,
    ): "how straight the leg gets in push-off lies on the limit and cannot be decided",
}

# Name, unit, what it is, and the smallest change between two days that is more than error; None
# where none is known. Source of the last: docs/gait-metrics.md,
# "Minimal detectable change", until the project measures its own.
NAMES: Final[dict[str, tuple[str, str, str, float | None]]] = {
    "knee_toe_offset_pct": (
        "Knee-toe offset", "% shank",
        "Knee ahead of (+) or behind (-) the shoe tip at peak knee bend", 5.0,
    ),
    "shank_angle_deg": ("Shank angle", "°", "Lean of the shin at peak knee bend", 5.0),
    "hip_ankle_offset_pct": (
        "Hip-ankle offset", "% leg", "Hip ahead of (+) the ankle at peak knee bend", None,
    ),
    "knee_flexion_peak_deg": ("Knee bend, peak", "°", "Greatest knee bend in stance", 5.0),
    "knee_flexion_contact_deg": ("Knee bend, contact", "°", "Knee bend as the foot lands", 5.0),
    "knee_flexion_push_off_deg": (
        "Knee bend, push-off", "°", "Least knee bend between its peak and toe-off", 5.0,
    ),
    "thigh_extension_deg": ("Thigh extension", "°", "Thigh behind the vertical at toe-off", 5.0),
    "plantarflexion_deg": (
        "Plantarflexion", "°", "Ankle at toe-off against the flat foot of mid stance", 5.0,
    ),
    "line_straightness_pct": (
        "Line straightness", "% line", "Bow of the line ankle-knee-hip-shoulder at toe-off", None,
    ),
    "trunk_lean_deg": ("Trunk lean", "°", "Forward lean in stance", 5.0),
    "overstride_pct": ("Overstride", "% leg", "Ankle ahead of the hip as the foot lands", None),
    "ground_contact_ms": ("Ground contact", "ms", "From contact to toe-off", None),
    "flight_ms": ("Flight", "ms", "From toe-off to the other foot's contact", None),
    "stride_time_ms": ("Stride time", "ms", "From contact to the same foot's next", None),
    "cadence_spm": ("Cadence", "steps/min", "Steps a minute", None),
    "vertical_oscillation_pct": (
        "Vertical oscillation", "% leg", "Rise of the hips over a step", None,
    ),
}  # fmt: skip
assert set(NAMES) == set(METRIC_COLUMNS)

# Within one session the camera stays where it is, and less is already more than error.
WITHIN_SESSION: Final = {"knee_toe_offset_pct": 3.0, "°": 2.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How one metric of one leg came out at two visits; ``mdc`` is NaN where none is known."""

    metric: str
    before: Spread
    after: Spread
    mdc: float

    @property
    def change(self) -> float:
        """After less before."""
        return self.after.mean - self.before.mean

    @property
    def verdict(self) -> str:
        """What may be said of it."""
        if not isfinite(self.mdc):
            return "no error limit known"
        return "changed" if abs(self.change) > self.mdc else "within error"


def changes(before: Visit, after: Visit, side: Side) -> list[Change]:
    """Return what changed of one leg; empty if it was not judged at both visits."""
    old, new = before.legs[side], after.legs[side]
    if not (old.judged and new.judged):
        return []
    same = before.session.id == after.session.id
    return [
        Change(
            metric=name,
            before=old.metrics[name],
            after=new.metrics[name],
            mdc=minimal_detectable_change(name, same_session=same),
        )
        for name in METRIC_COLUMNS
    ]


def minimal_detectable_change(metric: str, *, same_session: bool) -> float:
    """Return the smallest change that is more than error; NaN where none is known."""
    between = NAMES[metric][3]
    if between is None:
        return float("nan")
    if same_session:
        return WITHIN_SESSION.get(metric, WITHIN_SESSION["°"])
    return between


def summary_sentences(visit: Visit) -> list[str]:
    """Return the plain-language summary of one visit, the judged leg first."""
    sentences = []
    for leg in sorted(visit.legs.values(), key=lambda leg: not leg.judged):
        name = f"{leg.side.capitalize()} leg"
        if not leg.judged:
            sentences.append(f"{name}: not judged; {leg.verdicts[Fault.KNEES_FORWARD].reason}.")
            continue
        for fault in Fault:
            state = leg.verdicts[fault].state
            judged = "" if state is VerdictState.UNKNOWN else f", {STATES[state]}"
            sentences.append(f"{name}{judged}: {sentence(leg, fault)}.")
    return sentences


def sentence(leg: Leg, fault: Fault) -> str:
    """Return what is said of one fault of a judged leg, with its number."""
    verdict = leg.verdicts[fault]
    metric = DECIDING[fault]
    spread = leg.metrics[metric]
    said = SAID.get((fault, verdict.state), f"not judged: {verdict.reason}")
    return f"{said} ({interval(metric, spread)})"


def interval(metric: str, spread: Spread) -> str:
    """Return mean, interval and unit, such as ``+2.1 % shank, 95 % interval +1.0 to +3.2``."""
    _, unit, _, _ = NAMES[metric]
    sign = "+" if metric == "knee_toe_offset_pct" else ""
    space = "" if unit == "°" else " "
    mean = f"{spread.mean:{sign}.1f}{space}{unit}"
    if not isfinite(spread.low):
        return mean
    return f"{mean}, 95\u00a0% interval {spread.low:{sign}.1f} to {spread.high:{sign}.1f}"


def quality_notes(visit: Visit) -> list[str]:
    """Return what a reader should know of how well this was seen."""
    summary = visit.summary
    frames, rate = summary["frames"], summary["frame_rate_hz"]
    if not frames["captured"]:
        return ["Not one frame was recorded."]
    notes = [
        f"{rate['measured'] or 0:.0f} frames a second; {frames['dropped']} of "
        f"{frames['captured']} left out."
    ]
    if (rate["measured"] or 0) < 50:
        notes.append("Below 60 frames a second the instants of stance are less sure.")
    told = sum(side["strides"] for side in summary["sides"].values())
    valid = sum(side["valid"] for side in summary["sides"].values())
    notes.append(f"{valid} of {told} strides, both legs, were seen well enough to be measured.")
    if visit.speed_entered:
        notes.append(
            f"Belt speed {visit.speed_mps:.1f} m/s, as entered; limits and bands hold for it."
        )
    elif isfinite(visit.speed_mps):
        notes.append(
            f"Belt speed was not entered; {visit.speed_mps:.1f} m/s is estimated from the picture."
        )
    else:
        notes.append("Belt speed is not known; limits and bands are those of 3 m/s.")
    swaps = summary["leg_swaps"]
    if swaps["frames"] and swaps["exchanged_frames"] / swaps["frames"] > 0.3:
        notes.append("The pose model often exchanged the legs; that was put right.")
    notes += [f"Some poses were lost: {sentence_}." for sentence_ in visit.damage]
    if visit.session.end_reason == "interrupted":
        notes.append("The recording was cut off; what was written until then is whole.")
    return notes
