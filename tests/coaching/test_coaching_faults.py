import pytest

from edge.coaching.faults import bent_push_off, knees_forward
from edge.coaching.limits import Grade
from edge.i18n.reasons import english
from edge.messages.metric import Metric
from edge.messages.verdict import CueKind

G, A, R = Grade.GREEN, Grade.AMBER, Grade.RED
SIT_BACK, CADENCE = CueKind.SIT_BACK, CueKind.CADENCE


@pytest.mark.parametrize(
    ("knee", "shank", "hips", "grade", "cue", "says"),
    [
        (G, G, G, G, None, "not too far"),
        (G, A, G, G, None, "not too far"),
        (G, G, R, G, None, "not too far"),
        (A, G, G, A, CADENCE, "knee forward only"),
        (A, G, A, A, SIT_BACK, "hips forward"),
        (A, R, R, A, SIT_BACK, "hips forward"),
        (R, G, G, A, None, "check camera level and toe"),
        (R, G, R, A, None, "check camera level and toe"),
        (R, A, G, R, CADENCE, "knee forward only"),
        (R, R, G, R, CADENCE, "knee forward only"),
        (R, A, A, R, SIT_BACK, "hips forward"),
        (R, R, R, R, SIT_BACK, "hips forward"),
        (G, R, G, A, CADENCE, "shin leans far forward"),
        (G, R, A, A, SIT_BACK, "hips forward"),
    ],
)
def test_knees_forward_by_hand(
    knee: Grade, shank: Grade, hips: Grade, grade: Grade, cue: CueKind | None, says: str
) -> None:
    found = knees_forward({Metric.KNEE_TOE: knee, Metric.SHANK: shank, Metric.HIP_ANKLE: hips})
    assert (found.grade, found.cue) == (grade, cue)
    assert says in english(found.reason)


@pytest.mark.parametrize(
    ("knee", "hip", "ankle", "grade", "joints"),
    [
        (G, G, G, G, ""),
        (A, G, G, A, "at the knee"),
        (R, G, G, R, "at the knee"),
        (R, A, R, R, "at the knee and hip and ankle"),
        (A, A, G, A, "at the knee and hip"),
        (G, R, G, G, ""),
        (G, G, R, G, ""),
        (G, A, A, A, "at the hip and ankle"),
        (G, R, R, A, "at the hip and ankle"),
        (G, R, None, G, ""),
        (A, R, None, A, "at the knee and hip"),
    ],
)
def test_bent_push_off_by_hand(
    knee: Grade, hip: Grade, ankle: Grade | None, grade: Grade, joints: str
) -> None:
    grades = {Metric.PUSH_OFF: knee, Metric.THIGH: hip}
    found = bent_push_off(grades if ankle is None else grades | {Metric.PLANTARFLEXION: ankle})
    assert found.grade is grade
    assert found.cue is (CADENCE if grade > G else None)
    assert english(found.reason).endswith(joints)


def test_no_number_getting_worse_makes_a_fault_better() -> None:
    for knee in Grade:
        for other in Grade:
            for third in Grade:
                _grows(knees_forward_of(knee, other, third), knee, other, third)


def knees_forward_of(knee: Grade, shank: Grade, hips: Grade) -> Grade:
    return knees_forward({Metric.KNEE_TOE: knee, Metric.SHANK: shank, Metric.HIP_ANKLE: hips}).grade


def _grows(grade: Grade, knee: Grade, shank: Grade, hips: Grade) -> None:
    for worse in Grade:
        if worse > knee:
            assert knees_forward_of(worse, shank, hips) >= grade
        if worse > shank:
            assert knees_forward_of(knee, worse, hips) >= grade
