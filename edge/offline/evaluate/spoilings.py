"""Ways to spoil a film, each a chain of ffmpeg filters."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from edge.messages.errors import EvaluationError

# From here on the scene is another one, in those that change in mid-film.
_HALF_S: Final = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoiling:
    """One way to spoil a film.

    Attributes
    ----------
    name
        Its name in files and tables.
    filters
        ffmpeg's filter chain; empty for the bystander, who comes from another film.
    options
        Further options of the output.
    """

    name: str
    filters: str
    options: tuple[str, ...] = ()


def _after(value: str, before: str = "0") -> str:
    return f"'if(gt(t,{_HALF_S:g}),{value},{before})'"


SPOILINGS: Final = tuple(
    Spoiling(name=name, filters=filters, options=tuple(options))
    for name, filters, *options in (
        ("clean", "null"),
        ("rail", "drawbox=x=iw*0.24:y=ih*0.82:w=iw*0.6:h=ih:color=0x202024:t=fill"),
        ("bench", "drawbox=x=iw*0.36:y=ih*0.8:w=iw*0.3:h=ih:color=0x6a4a30:t=fill"),
        ("post", "drawbox=x=iw*0.44:y=0:w=iw*0.05:h=ih:color=0x808080:t=fill"),
        ("feet_cut", "crop=iw:trunc(ih*0.87/2)*2:0:0"),
        ("side_cut", "crop=trunc(iw*0.54/2)*2:ih:0:0"),
        ("squeezed", "scale=trunc(iw*0.75/2)*2:ih,setsar=1"),
        ("pixel_aspect", "scale=trunc(iw*0.75/2)*2:ih,setsar=4/3"),
        (
            "interlaced",
            "tinterlace=interleave_top,fieldorder=tff",
            *("-flags", "+ilme+ildct", "-x264-params", "tff=1"),
        ),
        ("duplicates", "fps=24,fps=60"),
        ("slow_motion", "setpts=2*PTS"),
        ("dark", "lutyuv=y=16+(val-16)*0.12,noise=alls=6:allf=t"),
        ("overexposed", "lutyuv=y='min(235,val*2.2)'"),
        ("blurred", "gblur=sigma=5"),
        ("tilted", "rotate=6*PI/180:fillcolor=gray"),
        ("turned_midway", f"rotate={_after('7*PI/180')}:fillcolor=gray"),
        ("pushed_midway", f"crop=iw*0.86:ih*0.94:{_after('iw*0.14')}:{_after('ih*0.03')}"),
        ("shaking", "crop=iw*0.9:ih*0.94:'iw*0.05+iw*0.03*sin(13*t)':'ih*0.03+ih*0.02*sin(17*t)'"),
        ("mirrored", "hflip"),
        ("upside_down", "hflip,vflip"),
        ("on_its_side", "transpose=1"),
        ("bystander", ""),
        ("compressed", "scale=trunc(iw*0.5/2)*2:-2", "-crf", "44", "-preset", "veryfast"),
        ("drop_outs", "select='not(between(mod(n,53),40,47))'", "-fps_mode", "passthrough"),
        ("noisy", "noise=alls=45:allf=t"),
        ("low_resolution", "scale=trunc(iw*0.25/2)*2:-2,scale=iw*4:-2:flags=neighbor"),
        ("low_rate", "fps=20"),
    )
)

# Somebody who stands at the left edge of the second film.
_BYSTANDER: Final = (
    "[1:v]crop=230:490:10:20,loop=-1:600[who];[0:v][who]overlay=x=10:y=H-h-20:shortest=1"
)


def spoil(
    film: Path, spoiling: Spoiling, out: Path, *, start_s: float, seconds: float, bystander: Path
) -> None:
    """Write a part of a film, spoiled.

    Parameters
    ----------
    film, out
        The film, and the file to write.
    spoiling
        What to do to it.
    start_s, seconds
        The part.
    bystander
        A film with somebody at its left edge.

    Raises
    ------
    EvaluationError
        If ffmpeg is missing or fails.
    """
    part = ("-ss", f"{start_s:g}", "-t", f"{seconds:g}", "-i", str(film))
    if spoiling.filters:
        how: tuple[str, ...] = ("-vf", spoiling.filters)
    else:
        how = ("-i", str(bystander), "-filter_complex", _BYSTANDER)
    command = ["ffmpeg", "-v", "error", "-y", *part, *how, "-an"]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-qp", "14"]
    # A later option of the same name wins, but a rate factor does not win over a fixed quantiser.
    if "-crf" in spoiling.options:
        command = command[:-2]
    try:
        subprocess.run(
            [*command, *spoiling.options, str(out)], check=True, capture_output=True, text=True
        )
    except FileNotFoundError:
        raise EvaluationError("ffmpeg is needed to spoil films") from None
    except subprocess.CalledProcessError as error:
        raise EvaluationError(f"ffmpeg cannot make {out.name}: {error.stderr.strip()}") from None
