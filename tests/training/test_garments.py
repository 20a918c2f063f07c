"""Clothes of the wardrobe on a body: each vertex where its file says."""

import tarfile
from pathlib import Path

import numpy as np
import pytest
from garments import blend, fit, pieces, read_garment

HM08 = 19_158


@pytest.fixture(scope="module")
def wardrobe(shared_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wardrobe")
    with tarfile.open(shared_dir / "data" / "wardrobe" / "wardrobe.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder


def write(folder: Path, clothes: str) -> Path:
    (folder / "cape.obj").write_text(
        "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nv 5 5 5\n# a square\nf 1/1 2/2 3/3 4/4\n"
    )
    path = folder / "cape.mhclo"
    path.write_text(clothes)
    return path


CAPE = """# made for this test
name cape
obj_file cape.obj
x_scale 0 1 2.0
y_scale 0 2 4.0
z_scale 0 3 1.0
verts 0
0 1 2 0.5 0.25 0.25 0.1 0.2 0.3
1 2 3 1.5 -0.25 -0.25 0.0 0.0 0.0
3
2 3 0 0.2 0.3 0.5 -1 0 0
0 0 0 1 0 0 0 0 1
delete_verts
1 - 3 7
9 - 10
"""


def test_a_vertex_is_the_weighted_mean_plus_its_scaled_offset(tmp_path: Path) -> None:
    # Forward, left, up: 2 m apart across, 2 m up and 3 m forward along the scales' axes.
    base = np.array([[0.0, 0, 0], [1, 2, 0], [0, 1, 2], [3, 0, 1]])
    fitted = fit(read_garment(write(tmp_path, CAPE)), base)
    mean = 0.5 * base[0] + 0.25 * base[1] + 0.25 * base[2]
    # Across 2 / 2.0, up 2 / 4.0, forward 3 / 1.0; the file's order is across, up, forward.
    np.testing.assert_allclose(fitted[0], mean + np.array([0.3 * 3, 0.1 * 1, 0.2 * 0.5]))
    np.testing.assert_allclose(fitted[1], 1.5 * base[1] - 0.25 * base[2] - 0.25 * base[3])
    np.testing.assert_allclose(fitted[2], base[3])
    np.testing.assert_allclose(fitted[4], base[0] + [3, 0, 0])


def test_faces_and_hidden_vertices_are_read(tmp_path: Path) -> None:
    garment = read_garment(write(tmp_path, CAPE))
    assert garment.faces.tolist() == [[0, 1, 2], [0, 2, 3]]
    assert garment.hidden.tolist() == [1, 2, 3, 7, 9, 10]


def test_unconnected_vertices_are_another_piece(tmp_path: Path) -> None:
    assert pieces(read_garment(write(tmp_path, CAPE))).tolist() == [0, 0, 0, 0, 4]


@pytest.mark.parametrize("missing", ["x_scale 0 1 2.0\n", "obj_file cape.obj\n"])
def test_a_file_without_what_a_fit_needs_is_refused(tmp_path: Path, missing: str) -> None:
    with pytest.raises(ValueError, match=f"lacks {missing.split()[0]}"):
        read_garment(write(tmp_path, CAPE.replace(missing, "")))


def test_every_garment_of_the_wardrobe_fits_the_base_mesh(wardrobe: Path) -> None:
    files = sorted(wardrobe.rglob("*.mhclo"))
    base = np.random.default_rng(1).normal(size=(HM08, 3))
    assert len(files) == 30
    for file in files:
        garment = read_garment(file)
        assert garment.faces.max() < len(garment.base), garment.name
        assert garment.base.max() < HM08, garment.name
        np.testing.assert_allclose(garment.weights.sum(axis=1), 1, atol=2e-3)
        assert np.isfinite(fit(garment, base)).all()


def test_a_shoe_grows_with_the_body(wardrobe: Path) -> None:
    shoe = read_garment(next(wardrobe.rglob("shoes01.mhclo")))
    base = np.random.default_rng(2).normal(size=(HM08, 3))
    np.testing.assert_allclose(fit(shoe, 1.1 * base), 1.1 * fit(shoe, base), rtol=1e-9, atol=1e-9)


def test_skin_weights_are_those_of_the_three_base_vertices(tmp_path: Path) -> None:
    weights = np.eye(4)
    blended = blend(read_garment(write(tmp_path, CAPE)), weights)
    np.testing.assert_allclose(blended[0], [0.5, 0.25, 0.25, 0])
