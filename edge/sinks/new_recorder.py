"""Construction of the recorder from the station's source and settings."""

from dataclasses import asdict
from pathlib import Path

from edge.capture.port import FrameSource
from edge.messages.plain_text import escaped
from edge.pipeline import Pipeline
from edge.pose.models.card import model_card
from edge.record.privacy import Privacy
from edge.record.stored_session import SessionHead
from edge.settings import paths
from edge.settings.settings import Settings, settings_sha256
from edge.sinks.recorder import Recorder


def new_recorder(
    source: FrameSource,
    pipeline: Pipeline,
    settings: Settings,
    *,
    version: str,
    data: Path,
    privacy: Privacy | None = None,
) -> Recorder:
    """Return a recorder that writes a run of the station to ``data``.

    Without ``privacy``, pictures are recorded as the folder says.
    """
    card = model_card(settings.pose.model, paths.models_dir())
    head = SessionHead(
        toeline=version,
        source=escaped(source.info.name),
        model=card.name,
        model_sha256=card.sha256(),
        config_sha256=settings_sha256(settings),
        config=asdict(settings),
        nominal_rate_hz=source.info.frame_rate_hz,
    )
    return Recorder(data, head, pipeline, settings.record, privacy=privacy or Privacy(data))
