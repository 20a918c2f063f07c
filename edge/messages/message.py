"""Every record that the pipeline emits."""

from edge.messages.exercise import ExerciseUpdate
from edge.messages.feedback import FeedbackGate
from edge.messages.gait import GaitEvent, GaitState
from edge.messages.notice import NoticeChange
from edge.messages.points_by_hand import PointsChange
from edge.messages.pose import Pose
from edge.messages.reading import BeltInForce, Reading
from edge.messages.stride import KeyPose, Stride, StrideCurves, StrideMetrics
from edge.messages.verdict import Bands, Cue, Verdict

Message = (
    Pose
    | GaitState
    | GaitEvent
    | Stride
    | StrideMetrics
    | StrideCurves
    | KeyPose
    | Bands
    | Verdict
    | Cue
    | FeedbackGate
    | Reading
    | BeltInForce
    | ExerciseUpdate
    | NoticeChange
    | PointsChange
)
