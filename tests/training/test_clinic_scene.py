"""The reference renderer's shader learns patterned cloth and photographs, or is refused."""

import ast
from pathlib import Path

import pytest
from clinic_scene import changed_shader


@pytest.fixture(scope="module")
def shader(shared_dir: Path) -> str:
    """Return the renderer's fragment shader, without its graphics library."""
    tree = ast.parse((shared_dir / "render" / "scene.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "FS":
            return str(ast.literal_eval(node.value))
    raise AssertionError("the renderer has no fragment shader FS")


def test_patterns_and_photographs_are_added_to_the_renderers_shader(shader: str) -> None:
    changed = changed_shader(shader)
    assert "c*=pattern(m,n)" in changed
    assert "texture(photo,q)" in changed
    # Nothing of the renderer's own is lost: its plain runs look as before.
    assert all(line in changed for line in shader.splitlines() if "m==1||m==2" not in line)


def test_another_shader_is_refused(shader: str) -> None:
    with pytest.raises(ValueError, match="0 times: if\\(m==1"):
        changed_shader(shader.replace("// cloth folds", "// folds of cloth"))
