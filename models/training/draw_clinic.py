"""Render random runs that look like a clinic's films, with the truth files of `draw_runs`.

Real clothes, shoes and hair, patterns, photographs as walls, machines and rails before the legs,
bystanders, lamps, grey on grey, blur, low and tilted cameras, upright pictures. The reader sees
single frames, so many short runs teach it more than few long ones. One run in three is of the plain
kind of `draw_runs`, so that what it teaches is kept.
"""

import argparse
import contextlib
import functools
import io
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from clinic_look import Image, Palette, look, read_pictures
from clinic_scene import BOTTOM, SHOE, TOP, staged
from draw_runs import FIRST_HELD_OUT_SEED, draw
from dress import Outfit, Wardrobe
from footwear import ShoeShape
from garments import Garment, read_garment
from shells import Cut

Rng = np.random.Generator

# Clothes that only held-out runs wear: what the reader does to clothes it has never seen.
HELD_OUT_CLOTHES = frozenset({"shoes03", "male_casualsuit03", "female_casualsuit01", "short03"})
_PLAIN_EVERY = 3
# A body's thighs and shanks are this much longer or shorter, SD: the renderer's bodies all have one
# build, and a reader that knows it finds the hip without looking.
_THIGH_SD, _SHANK_SD = 0.06, 0.05
_SIZES = ("640x360", "640x360", "480x270", "360x640", "360x640", "480x480", "854x480")


class Clothes:
    """The garments of the wardrobe that a run may use."""

    def __init__(self, folder: Path, held_out: bool) -> None:
        found = [read_garment(path) for path in sorted(folder.rglob("*.mhclo"))]
        ours = [g for g in found if (g.name in HELD_OUT_CLOTHES) == held_out]
        self.shoes = [g for g in ours if g.name.startswith("shoes")]
        self.suits = [g for g in ours if "suit" in g.name]
        self.hair = [g for g in ours if _is_hair(g)]


def main() -> None:
    """Render the runs of a range of seeds; existing ones are kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("renderer", type=Path, help="folder of render_runner.py")
    parser.add_argument("wardrobe", type=Path, help="folder of the unpacked wardrobe")
    parser.add_argument("out", type=Path)
    parser.add_argument("--pictures", type=Path, nargs="+", required=True, help="photographs")
    parser.add_argument("--first", type=int, required=True, help="first seed")
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--step", type=int, default=1, help="every n-th seed, to split the work")
    parser.add_argument("--fps", type=float, default=8.0)
    parser.add_argument("--duration", type=float, default=1.0)
    given = parser.parse_args()
    sys.path.insert(0, str(given.renderer))
    given.out.mkdir(parents=True, exist_ok=True)
    held_out = given.first >= FIRST_HELD_OUT_SEED
    studio = Studio(given.renderer, Clothes(given.wardrobe, held_out))
    pictures = read_pictures(given.pictures, held_out)
    for seed in range(given.first, given.first + given.count, given.step):
        out = given.out / f"run_{seed}"
        if out.with_suffix(".json").exists():
            continue
        began = time.time()
        try:
            how = studio.render(seed, out, given.fps, given.duration, pictures)
        except (ValueError, np.linalg.LinAlgError) as error:
            # Some random forms are impossible at the random speed; continue with the next.
            sys.stderr.write(f"{seed}: {error}\n")
            continue
        sys.stderr.write(f"{seed}: {time.time() - began:.1f} s {how}\n")


class Studio:
    """The reference renderer, with dressed bodies."""

    def __init__(self, renderer: Path, clothes: Clothes) -> None:
        import anny
        import body
        import mocap
        import render_runner
        import scene

        self._folder, self._clothes = renderer, clothes
        self._wardrobe = Wardrobe(anny, body)
        anny.create_fullbody_model = functools.cache(anny.create_fullbody_model)
        model = type(body_model(anny))
        model.get_triangular_faces = functools.cache(model.get_triangular_faces)
        self._stretch = mocap.stretch_legs
        self._thigh, self._foot = (body.SEG_ID[name] for name in ("thighL", "footL"))
        self._shank = body.SEG_ID["shankL"]
        self._program: Any = render_runner
        self._scene: ModuleType = scene

    def render(
        self, seed: int, out: Path, fps: float, duration_s: float, pictures: Sequence[Image]
    ) -> str:
        """Render one run; return what it looks like in a word."""
        settings = [*draw(seed, self._folder, fps), f"--duration={duration_s}", f"--fps={fps}"]
        settings += [f"--out={out}", "--variability=0"]
        with contextlib.redirect_stdout(io.StringIO()), contextlib.ExitStack() as stack:
            kind = "plain"
            if seed % _PLAIN_EVERY:
                rng = np.random.default_rng((seed, 1))
                palette = Palette(rng)
                kind = palette.kind
                settings += camera(rng, fps)
                facing = next(s[9:] for s in settings if s.startswith("--facing="))
                place = look(rng, palette, pictures, self._scene, facing)
                stack.enter_context(staged(self._scene, place))
                stack.enter_context(self._dressed(rng, palette))
            self._program.main(settings)
        return kind

    @contextlib.contextmanager
    def _dressed(self, rng: Rng, palette: Palette) -> Any:
        """Let the renderer build its body in clothes of the wardrobe."""
        outfit = clothe(rng, self._clothes)
        shares = np.clip(rng.normal(1, (_THIGH_SD, _SHANK_SD)), 0.86, 1.14)
        kept = self._program.pick_body, self._program.build_body

        def pick_body(given: Any) -> Any:
            spec, colours, who = kept[0](given)
            names = (1, 2, 6, TOP, BOTTOM, SHOE)
            return spec, colours | {name: palette.colour() for name in names}, who

        def build_body(spec: dict[str, Any]) -> Any:
            dressed = self._wardrobe.dress(kept[1](spec), spec, outfit)
            return self._proportioned(dressed, *shares)

        self._program.pick_body, self._program.build_body = pick_body, build_body
        try:
            yield
        finally:
            self._program.pick_body, self._program.build_body = kept

    def _proportioned(self, body: dict[str, Any], thigh: float, shank: float) -> dict[str, Any]:
        """Return a body with longer or shorter legs, as shares of its own."""
        at = body["seg_head"]
        lengths = (
            float(np.linalg.norm(at[self._shank] - at[self._thigh])) * thigh,
            float(np.linalg.norm(at[self._foot] - at[self._shank])) * shank,
        )
        stretched: dict[str, Any] = self._stretch(body, *lengths)
        return stretched


def camera(rng: Rng, fps: float) -> list[str]:
    """Return settings of the camera: from ankle to chest, tilted, upright or wide, near or far."""
    width, height = map(int, str(rng.choice(_SIZES)).split("x"))
    distance = rng.uniform(2.0, 5.5)
    # The runner fills half to nine tenths of the picture's height, less if it is narrow.
    share = min(rng.uniform(0.5, 0.9), 0.95 * width / height)
    focal_px = distance * height / 1.85 * share
    settings = {
        "size": f"{width}x{height}",
        "cam-distance": f"{distance:.2f}",
        "focal": f"{focal_px * 36 / width:.1f}",
        "cam-height": f"{rng.uniform(0.1, 1.5):.2f}",
        "cam-yaw": f"{rng.normal(0, 7):.1f}",
        "cam-tilt": f"{rng.normal(0, 3) if rng.random() < 0.9 else rng.uniform(-15, 15):.1f}",
        "look-x": f"{rng.uniform(-0.3, 0.3):.2f}",
        "look-z": f"{rng.uniform(0.75, 1.0):.2f}",
        "light": f"{rng.uniform(0.5, 1.5):.2f}",
        "noise": f"{rng.choice([0.0, 2.0, 4.0, 8.0]):.0f}",
        "crf": str(int(rng.integers(18, 38))),
        "console": str(int(rng.random() < 0.8)),
        "handrail": f"{rng.choice([0.0, 0.45, 0.9, 1.3]):.2f}",
        "blur": "0",
    }
    if rng.random() < 0.2:
        # Each sub-frame takes as long as a frame; the reading smears more pictures for nothing.
        settings |= {"blur": f"{rng.uniform(0.003, 0.016) * fps:.3f}", "blur-samples": "3"}
    return [f"--{name}={value}" for name, value in settings.items()]


def clothe(rng: Rng, clothes: Clothes) -> Outfit:
    """Draw what a runner wears."""
    hair = [None, *clothes.hair]
    suit = rng.random() < 0.3
    loose = rng.random() < 0.65
    long = rng.random() < 0.25
    return Outfit(
        shoe=_one(rng, clothes.shoes),
        shape=ShoeShape(
            beyond_toe_m=rng.uniform(0.012, 0.038),
            behind_heel_m=rng.uniform(0.004, 0.024),
            sole_m=rng.uniform(0.018, 0.042),
            spring_m=rng.uniform(0.0, 0.025),
        ),
        suit=_one(rng, clothes.suits) if suit else None,
        top=None if suit else _top(rng),
        bottom=None if suit else _bottom(rng, long, loose),
        under=_tights(rng) if not suit and not long and rng.random() < 0.2 else None,
        hair=hair[int(rng.integers(len(hair)))],
        sock=float(rng.choice([0.0, 0.1, 0.2, 0.45, 0.8])),
    )


def _top(rng: Rng) -> Cut:
    """Return a vest, a T-shirt, a long-sleeved shirt or a hoodie; loose ones hang lower."""
    loose = rng.random() < 0.6
    return Cut(
        leg=rng.uniform(0.02, 0.5) if loose else rng.uniform(0.0, 0.15),
        sleeve=float(rng.choice([0.1, 0.5, 1.3, 1.9])),
        gap_m=rng.uniform(0.022, 0.05) if loose else rng.uniform(0.012, 0.02),
        flare_m=rng.uniform(0.0, 0.05) if loose else 0.004,
        crumple=rng.uniform(0.1, 0.5),
    )


def _bottom(rng: Rng, long: bool, loose: bool) -> Cut:
    """Return shorts or trousers, loose or tight."""
    return Cut(
        leg=rng.uniform(1.3, 1.95) if long else rng.uniform(0.3, 0.95),
        sleeve=0.0,
        gap_m=rng.uniform(0.01, 0.02) if loose else 0.007,
        flare_m=rng.uniform(0.012, 0.06 if not long else 0.03) if loose else 0.003,
        crumple=rng.uniform(0.1, 0.6) if loose else 0.05,
    )


def _tights(rng: Rng) -> Cut:
    return Cut(leg=rng.uniform(0.9, 1.9), sleeve=0.0, gap_m=0.004, flare_m=0.001, crumple=0.0)


def _one(rng: Rng, garments: Sequence[Garment]) -> Garment:
    return garments[int(rng.integers(len(garments)))]


def body_model(anny: Any) -> Any:
    """Return the parametric body in the form in which the renderer builds it."""
    return anny.create_fullbody_model(rig="default", topology="default", all_phenotypes=True)


def _is_hair(garment: Garment) -> bool:
    return not garment.name.startswith(("shoes", "fedora")) and "suit" not in garment.name


if __name__ == "__main__":
    main()
