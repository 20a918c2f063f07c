"""Rooms, light and cloth of real clinics, added to the reference renderer.

The renderer is used as it is: `staged` replaces, for one run, the parts of it that decide what the
camera sees. Motion, camera and truth stay its own, and so does the form of the truth files.
"""

import contextlib
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Image = NDArray[np.uint8]
Mesh = tuple[Floats, Floats, Floats, NDArray[np.int64]]

# Materials of the renderer's shader, and those added here.
TOP, BOTTOM, SHOE = 10, 11, 12
PLANKS, PLASTER, MATT, PHOTO = 21, 22, 24, 26
# Half of the renderer's own: a runner fills a few hundred pixels, and shadows take time.
_SHADOW_PX = 512
LAMPS = ("even", "lamp", "flat", "window")

_UNIFORMS = """uniform sampler2D cloth; uniform sampler2D photo;
uniform vec3 repeats; uniform vec4 view;
out vec4 frag;"""
_PATTERN = """vec3 pattern(int m, vec3 n){ // one of three tiles, laid over the body at rest
 float k=float(m-10); float s=m==10?repeats.x:(m==11?repeats.y:repeats.z);
 vec2 a=fract(rp.xz*s), b=fract(rp.yz*s); float w=clamp(n.y*n.y*1.6,0.,1.);
 vec3 side=texture(cloth,vec2((a.x*.96+.02+k)/3.,a.y)).rgb;
 vec3 front=texture(cloth,vec2((b.x*.96+.02+k)/3.,b.y)).rgb;
 return mix(front,side,w); }
void main(){"""
# What the shader has, and what takes its place.
_CHANGES = (
    ("out vec4 frag;", _UNIFORMS),
    ("void main(){", _PATTERN),
    (
        "if(m==1||m==2){ // cloth folds",
        "if(m>=10&&m<=12) c*=pattern(m,n);\n if(m==1||m==2||m==10||m==11){ // cloth folds",
    ),
    (
        "else if(m==24){",
        "else if(m==26){ vec2 q=(wp.xz-view.xy)/view.zw; spec=0.;"
        " c=pow(texture(photo,q).rgb,vec3(2.2)); }\n else if(m==24){",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """What is around the runner, and how it is lit.

    Attributes
    ----------
    room, treadmill
        Functions that build the meshes, for (seed, facing, deck height) and (settings).
    cloth
        Shape (h, 3 h, 3), patterns of top, bottom and shoes, side by side.
    repeats
        Repeats of each pattern per metre.
    photo
        A picture on the wall.
    light
        One of ``LAMPS``; ``warmth`` 0 is white, and ``toward`` is where the light comes from.
    ghosts
        Functions that return a copy of the runner's vertices and normals somewhere else.
    """

    room: Callable[[int, str, float], Mesh]
    treadmill: Callable[[dict[str, Any]], Mesh]
    cloth: Image
    repeats: tuple[float, float, float]
    photo: Image
    light: str
    warmth: float
    toward: Floats
    ghosts: tuple[Callable[[Floats, Floats], tuple[Floats, Floats]], ...]
    ghost_tint: Floats


@contextlib.contextmanager
def staged(scene: Any, setting: Scene) -> Iterator[None]:
    """Let the reference renderer, whose module ``scene`` is given, draw this setting.

    Raises
    ------
    ValueError
        If the renderer's shader is not the one that this file knows.
    """
    scene.moderngl.create_standalone_context = _one_context(scene.moderngl)
    kept = scene.FS, scene.Renderer, scene.build_room, scene.build_treadmill
    scene.FS = changed_shader(scene.FS)
    scene.Renderer = functools.partial(_stage_class(scene.Renderer), setting)
    scene.build_room = lambda seed, facing, deck, _busy: setting.room(seed, facing, deck)
    scene.build_treadmill = setting.treadmill
    try:
        yield
    finally:
        scene.FS, scene.Renderer, scene.build_room, scene.build_treadmill = kept


def changed_shader(source: str) -> str:
    """Return the fragment shader with patterned cloth and a photographic wall."""
    for old, new in _CHANGES:
        if source.count(old) != 1:
            raise ValueError(f"the renderer's shader has {source.count(old)} times: {old}")
        source = source.replace(old, new)
    return source


@functools.cache
def _one_context(moderngl: Any) -> Callable[..., Any]:
    """Return a maker of contexts that always gives the same one: making one takes long."""
    make = functools.cache(moderngl.create_standalone_context)

    def one(**options: Any) -> Any:
        context = make(**options)
        # Without it, meshes and textures of every run would stay.
        context.gc_mode = "auto"
        return context

    return one


def _stage_class(plain: Any) -> Any:
    """Return the renderer's class with patterns, lamps and ghosts."""

    class Stage(plain):
        def __init__(self, setting: Scene, *size: int, **options: Any) -> None:
            super().__init__(*size, shadow=_SHADOW_PX, **options)
            self.setting = setting
            self.cloth = self._texture(setting.cloth)
            self.photo = self._texture(setting.photo)
            self.still: list[tuple[Floats, Floats]] = []

        def _texture(self, image: Image) -> Any:
            texture = self.ctx.texture(image.shape[1::-1], 3, image.tobytes(), alignment=1)
            texture.build_mipmaps()
            texture.filter = (0x2703, 0x2601)  # trilinear, linear
            texture.anisotropy = 4.0
            return texture

        def set_body(self, v: Floats, c: Floats, f: NDArray[np.int64]) -> None:
            copies = len(self.setting.ghosts)
            tinted = c * np.append(self.setting.ghost_tint, 1)
            super().set_body(
                np.concatenate([v] * (copies + 1)),
                np.concatenate([c] + [tinted] * copies),
                np.concatenate([f + i * len(v) for i in range(copies + 1)]),
            )

        def light(self, direction: Any, level: float = 1.0, warm: float = 0.0) -> None:
            given = self.setting
            super().light(given.toward, level, warm)
            colour = np.array([1 + given.warmth, 1, 1 - given.warmth])
            key, up, down, fill = _BRIGHTNESS[given.light]
            for name, value in (("lcol", key), ("amb_up", up), ("amb_dn", down), ("fcol", fill)):
                self.prog[name].value = tuple(value * colour)

        def draw(self, cam: Any, v: Floats, n: Floats, *rest: Any, **options: Any) -> Any:
            p = self.prog
            self.cloth.use(2)
            self.photo.use(3)
            p["cloth"].value, p["photo"].value = 2, 3
            p["repeats"].value = self.setting.repeats
            p["view"].value = (-3.5, -0.3, 7.0, 3.6)
            copies = [ghost(v, n) for ghost in self.setting.ghosts]
            v, n = (np.concatenate(parts) for parts in zip((v, n), *copies, strict=True))
            return super().draw(cam, v, n, *rest, **options)

    return Stage


# Key light, ambient from above and below, and fill: of one lamp the shadows are hard and dark, of
# flat light there are hardly any.
_BRIGHTNESS = {
    "even": (0.78, 0.60, 0.34, 0.22),
    "lamp": (1.25, 0.22, 0.12, 0.05),
    "flat": (0.15, 0.95, 0.70, 0.10),
    "window": (0.95, 0.38, 0.25, 0.30),
}
