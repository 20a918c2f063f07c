"""The rules that combine grades of several metrics into a finding on each fault."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from edge.coaching.limits import Grade
from edge.messages.metric import Metric
from edge.messages.reason import Reason
from edge.messages.verdict import CueKind, Fault

Grades = Mapping[Metric, Grade]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Result for one fault; ``cue`` is None if the runner should get no cue."""

    grade: Grade
    reason: Reason
    cue: CueKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Rule for one fault.

    Attributes
    ----------
    deciding
        The metric required for a decision, whose mean is shown.
    others
        Metrics that vote if they were measured.
    find
        The rule; a metric missing from its grades does not vote.
    other_doubt
        The reason where only the others leave the finding in doubt.
    """

    deciding: Metric
    others: tuple[Metric, ...]
    find: Callable[[Grades], Finding]
    other_doubt: Reason


def knees_forward(grades: Grades) -> Finding:
    """Return the finding on a knee too far forward at peak knee bend.

    Notes
    -----
    The shank angle does not need the toe, so it serves as a check: a knee far ahead of the toe with
    an upright shank is more likely a tilted camera or a misplaced toe than a fault, so there is no
    cue. Source: docs/gait-metrics.md, "Knees forward". Differs: none.
    """
    knee = grades[Metric.KNEE_TOE]
    shank = grades.get(Metric.SHANK, Grade.GREEN)
    hips = grades.get(Metric.HIP_ANKLE, Grade.GREEN) >= Grade.AMBER
    label = "hips" if hips else "only"
    cue = CueKind.SIT_BACK if hips else CueKind.CADENCE
    if knee is Grade.RED and shank is Grade.GREEN:
        return Finding(grade=Grade.AMBER, reason=Reason("shank_upright"))
    if knee is Grade.RED:
        return Finding(grade=Grade.RED, reason=Reason(f"knee_far_ahead_{label}"), cue=cue)
    if knee is Grade.AMBER:
        return Finding(grade=Grade.AMBER, reason=Reason(f"knee_ahead_{label}"), cue=cue)
    if shank is Grade.RED:
        return Finding(grade=Grade.AMBER, reason=Reason(f"shank_forward_{label}"), cue=cue)
    return Finding(grade=Grade.GREEN, reason=Reason("knee_behind"))


def bent_push_off(grades: Grades) -> Finding:
    """Return the finding on too much knee bend in push-off.

    Notes
    -----
    The ankle votes only with a measured neutral stance, and the hip only together with the ankle.
    Source: docs/gait-metrics.md, "Bent push-off". Differs: none.
    """
    knee = grades[Metric.PUSH_OFF]
    hip = grades.get(Metric.THIGH, Grade.GREEN)
    ankle = grades.get(Metric.PLANTARFLEXION, Grade.GREEN)
    grade = max(knee, min(hip, ankle, Grade.AMBER))
    if grade is Grade.GREEN:
        return Finding(grade=grade, reason=Reason("push_off_straight"))
    joints = [
        name for name, its in (("knee", knee), ("hip", hip), ("ankle", ankle)) if its > Grade.GREEN
    ]
    return Finding(grade=grade, reason=Reason("_".join(("push_off", *joints))), cue=CueKind.CADENCE)


RULES: Final[dict[Fault, Rule]] = {
    Fault.KNEES_FORWARD: Rule(
        deciding=Metric.KNEE_TOE,
        others=(Metric.SHANK, Metric.HIP_ANKLE),
        find=knees_forward,
        other_doubt=Reason("near_limit_shank"),
    ),
    Fault.BENT_PUSH_OFF: Rule(
        deciding=Metric.PUSH_OFF,
        others=(Metric.THIGH, Metric.PLANTARFLEXION),
        find=bent_push_off,
        other_doubt=Reason("near_limit_hip_ankle"),
    ),
}
