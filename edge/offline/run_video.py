"""Analysis of a video file in memory."""

from pathlib import Path
from typing import TYPE_CHECKING

from edge.offline.run_result import Gathered, Run
from edge.settings import paths
from edge.settings.changed_settings import with_gait, with_pose
from edge.settings.settings import Settings

if TYPE_CHECKING:
    from edge.offline.analyze import Progress


def analyze(
    file: str | Path,
    *,
    speed_mps: float = 0.0,
    incline_pct: float = 0.0,
    facing: str = "auto",
    model: str = "full",
    settings: Settings | None = None,
    progress: "Progress" = lambda _done, _total: None,
) -> Run:
    """Analyse a video of one runner, seen from the side, as fast as the machine allows.

    Parameters
    ----------
    file
        A video file.
    speed_mps, incline_pct, facing, model
        As in the settings of ``gait`` and ``pose`` (docs/settings.md); values other than the
        default override those in ``settings``.
    settings
        Settings of all rooms.
    progress
        Called with the number of frames done and the total, if known.

    Returns
    -------
    The results of ``toeline analyze``, in memory.

    Raises
    ------
    ToelineError
        If the file cannot be read, the model was not pulled or a value is unknown.
    """
    from edge.capture.source import open_source
    from edge.i18n.notices import english_notice
    from edge.offline.analyze import analyze_into
    from edge.settings.version import version
    from edge.station.assembly import build_rig

    gait = {"belt_speed_mps": speed_mps, "incline_pct": incline_pct, "facing": facing}
    default = Settings()
    changes = {k: v for k, v in gait.items() if v != getattr(default.gait, k)}
    chosen = with_gait(settings or default, **changes)
    if model != default.pose.model:
        chosen = with_pose(chosen, model=model)
    rig = build_rig(chosen, paths.models_dir(), smaller=False)
    gathered = Gathered()
    with open_source(str(file), chosen.capture, own_pace=False) as source:
        ended = analyze_into(
            gathered, source, rig.pipeline, chosen, version=version(), progress=progress
        )
    return gathered.run(
        chosen,
        summary=ended.session,
        # The session has the pipeline's own, too.
        notices=tuple(map(english_notice, dict.fromkeys((*rig.notices, *ended.notices)))),
        failure=ended.failure,
    )
