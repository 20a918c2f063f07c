"""All rooms' settings in one frozen record, and its hash."""

from dataclasses import asdict, dataclass, field
from hashlib import sha256
from json import dumps

from edge.settings.capture_settings import CaptureSettings
from edge.settings.clinic_settings import ClinicSettings
from edge.settings.coaching_settings import CoachingSettings
from edge.settings.gait_settings import GaitSettings
from edge.settings.load_settings import LoadSettings
from edge.settings.pose_settings import PoseSettings
from edge.settings.record_settings import RecordSettings
from edge.settings.sensor_settings import SensorSettings
from edge.settings.serve_settings import ServeSettings
from edge.settings.sink_settings import SinkSettings
from edge.settings.visit_settings import VisitSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All rooms' settings."""

    capture: CaptureSettings = field(default_factory=CaptureSettings)
    pose: PoseSettings = field(default_factory=PoseSettings)
    gait: GaitSettings = field(default_factory=GaitSettings)
    coaching: CoachingSettings = field(default_factory=CoachingSettings)
    serve: ServeSettings = field(default_factory=ServeSettings)
    load: LoadSettings = field(default_factory=LoadSettings)
    record: RecordSettings = field(default_factory=RecordSettings)
    sensors: SensorSettings = field(default_factory=SensorSettings)
    sinks: SinkSettings = field(default_factory=SinkSettings)
    visit: VisitSettings = field(default_factory=VisitSettings)
    clinic: ClinicSettings = field(default_factory=ClinicSettings)


def settings_sha256(settings: Settings) -> str:
    """Return a hash that sessions store to show whether two results used the same settings."""
    return sha256(dumps(asdict(settings), sort_keys=True).encode()).hexdigest()
