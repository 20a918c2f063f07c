"""Anchors, decoding and merging by hand; the runner is found before bystanders."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pose_samples import FakeNetwork, a_region

from edge.messages.arrays import Floats
from edge.pose.models.blazepose.detector import (
    PersonDetector,
    anchor_centers,
    decode_detections,
    overlap,
    suppress,
)

ANCHORS = 2254
NOBODY = -50.0


def raw(people: dict[int, tuple[list[float], float]]) -> tuple[FakeNetwork, NDArray[np.float32]]:
    """Return a detector network that sees people: anchor -> (twelve numbers, logit)."""
    boxes = np.zeros((1, ANCHORS, 12), np.float32)
    scores = np.full((1, ANCHORS, 1), NOBODY, np.float32)
    for anchor, (numbers, logit) in people.items():
        boxes[0, anchor] = numbers
        scores[0, anchor, 0] = logit
    return FakeNetwork(boxes, scores), boxes


def person(anchor: int, hip: tuple[float, float], outer: tuple[float, float]) -> list[float]:
    """Return raw numbers of a box around ``hip`` as wide as its circle; fractions of the input."""
    x, y = anchor_centers()[anchor]
    radius = float(np.hypot(outer[0] - hip[0], outer[1] - hip[1]))
    places = [hip[0] - x, hip[1] - y, 2 * radius, 2 * radius]
    places += [hip[0] - x, hip[1] - y, outer[0] - x, outer[1] - y, 0, 0, 0, 0]
    return [224 * value for value in places]


def a_detection(box: tuple[float, float, float, float], keypoint: float = 0.0) -> list[float]:
    return [*box, *[keypoint] * 8]


def test_there_is_an_anchor_for_every_output() -> None:
    assert anchor_centers().shape == (ANCHORS, 2)
    assert not anchor_centers().flags.writeable


@pytest.mark.parametrize(
    ("anchor", "center"),
    [
        (0, (0.5 / 28, 0.5 / 28)),
        (1, (0.5 / 28, 0.5 / 28)),
        (2, (1.5 / 28, 0.5 / 28)),
        (55, (27.5 / 28, 0.5 / 28)),
        (56, (0.5 / 28, 1.5 / 28)),
        (1567, (27.5 / 28, 27.5 / 28)),
        (1568, (0.5 / 14, 0.5 / 14)),
        (1570, (1.5 / 14, 0.5 / 14)),
        (1596, (0.5 / 14, 1.5 / 14)),
        (1959, (13.5 / 14, 13.5 / 14)),
        (1960, (0.5 / 7, 0.5 / 7)),
        (1965, (0.5 / 7, 0.5 / 7)),
        (1966, (1.5 / 7, 0.5 / 7)),
        (2002, (0.5 / 7, 1.5 / 7)),
        (2253, (6.5 / 7, 6.5 / 7)),
    ],
)
def test_anchors_go_row_by_row_through_three_grids(
    anchor: int, center: tuple[float, float]
) -> None:
    np.testing.assert_allclose(anchor_centers()[anchor], center, atol=1e-15)


def test_boxes_and_keypoints_are_decoded_from_their_anchor() -> None:
    boxes = np.zeros((ANCHORS, 12), np.float32)
    scores = np.full(ANCHORS, NOBODY, np.float32)
    boxes[1960] = [22.4, -22.4, 112, 56, 0, 0, 22.4, 44.8, -22.4, 0, 224, -224]
    scores[1960] = log(0.8 / 0.2)
    decoded, probability = decode_detections(boxes, scores, 0.5)
    c = 0.5 / 7
    expected = [c + 0.1, c - 0.1, 0.5, 0.25, c, c, c + 0.1, c + 0.2, c - 0.1, c, c + 1, c - 1]
    np.testing.assert_allclose(decoded, [expected], atol=1e-6)
    np.testing.assert_allclose(probability, [0.8], atol=1e-6)


def test_the_best_scores_come_first_and_low_ones_are_left_out() -> None:
    scores = np.full(ANCHORS, -0.001, np.float32)
    scores[[5, 700, 1900]] = [0.0, 3.0, 1.0]
    boxes = np.zeros((ANCHORS, 12), np.float32)
    decoded, probability = decode_detections(boxes, scores, 0.5)
    np.testing.assert_allclose(probability, [0.952574, 0.731059, 0.5], atol=1e-6)
    np.testing.assert_allclose(decoded[:, :2], anchor_centers()[[700, 1900, 5]])


def test_equal_scores_keep_the_order_of_the_anchors() -> None:
    scores = np.full(ANCHORS, NOBODY, np.float32)
    scores[3::7] = 2.0
    scores[5::7] = 1.0
    decoded, _ = decode_detections(np.zeros((ANCHORS, 12), np.float32), scores, 0.5)
    order = [*range(3, ANCHORS, 7), *range(5, ANCHORS, 7)]
    np.testing.assert_allclose(decoded[:, :2], anchor_centers()[order])


def test_extreme_logits_do_not_overflow() -> None:
    scores = np.full(ANCHORS, -3e4, np.float32)
    scores[0] = 3e4
    _, probability = decode_detections(np.zeros((ANCHORS, 12), np.float32), scores, 0.5)
    assert probability.tolist() == [1.0]


def test_nothing_is_decoded_where_no_score_suffices() -> None:
    decoded, probability = decode_detections(
        np.zeros((ANCHORS, 12), np.float32), np.full(ANCHORS, -1, np.float32), 0.5
    )
    assert decoded.shape == (0, 12)
    assert probability.shape == (0,)
    assert suppress(decoded, probability) == []


@pytest.mark.parametrize(
    ("other", "ratio"),
    [
        ((0.5, 0.5, 0.2, 0.2), 1.0),
        ((0.6, 0.5, 0.2, 0.2), 1 / 3),
        ((0.6, 0.6, 0.2, 0.2), 1 / 7),
        ((0.5, 0.5, 0.1, 0.1), 1 / 4),
        ((0.7, 0.5, 0.2, 0.2), 0.0),
        ((0.9, 0.9, 0.1, 0.1), 0.0),
        ((0.5, 0.5, 0.0, 0.0), 0.0),
    ],
    ids=["same", "half aside", "half diagonal", "inside", "touching", "apart", "empty"],
)
def test_overlap_is_shared_over_united_area(
    other: tuple[float, float, float, float], ratio: float
) -> None:
    found = overlap(np.array([0.5, 0.5, 0.2, 0.2]), np.array([other]))
    np.testing.assert_allclose(found, [ratio], atol=1e-12)


def test_two_empty_boxes_do_not_overlap() -> None:
    nothing = np.array([0.5, 0.5, 0.0, 0.0])
    assert overlap(nothing, nothing[None]).tolist() == [0.0]


def test_overlapping_detections_become_their_weighted_mean() -> None:
    detections = np.array(
        [
            a_detection((0.5, 0.5, 0.2, 0.2), 0.1),
            a_detection((0.54, 0.5, 0.2, 0.2), 0.3),
            a_detection((0.1, 0.1, 0.1, 0.1), 0.7),
        ]
    )
    (first, score), (second, other_score) = suppress(detections, np.array([0.9, 0.6, 0.5]))
    np.testing.assert_allclose(first[:4], [0.516, 0.5, 0.2, 0.2])
    np.testing.assert_allclose(first[4:], 0.18)
    np.testing.assert_allclose(second, detections[2])
    assert (score, other_score) == (0.9, 0.5)


def test_only_overlap_with_the_best_of_a_group_counts() -> None:
    # The third overlaps the second (1/3) but not the first: it is another person.
    detections = np.array([a_detection((x, 0.5, 0.2, 0.2)) for x in (0.4, 0.5, 0.6)])
    people = suppress(detections, np.array([0.9, 0.8, 0.7]))
    np.testing.assert_allclose([d[0] for d, _ in people], [(0.36 + 0.4) / 1.7, 0.6])


def test_a_third_is_enough_overlap_and_a_quarter_is_not() -> None:
    # Two boxes 0.2 wide share (0.2 - d) / (0.2 + d) of their union.
    for apart, count in ((0.1, 1), (0.107, 1), (0.108, 2), (0.12, 2)):
        detections = np.array([a_detection((x, 0.5, 0.2, 0.2)) for x in (0.4, 0.4 + apart)])
        assert len(suppress(detections, np.array([0.9, 0.8]))) == count


def test_a_detection_without_area_is_still_dealt_with() -> None:
    detections = np.array([a_detection((0.5, 0.5, 0.0, 0.0))] * 2)
    assert len(suppress(detections, np.array([0.9, 0.8]))) == 2


boxes = st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 1), st.floats(0.01, 1))


@given(st.lists(st.tuples(boxes, st.floats(0.5, 1)), max_size=12))
def test_people_come_in_order_of_score_and_lie_among_their_detections(
    found: list[tuple[tuple[float, float, float, float], float]],
) -> None:
    found.sort(key=lambda entry: -entry[1])
    detections = np.array([a_detection(box) for box, _ in found]).reshape(-1, 12)
    scores = np.array([score for _, score in found])
    before = detections.copy()
    people = suppress(detections, scores)
    assert [s for _, s in people] == sorted((s for _, s in people), reverse=True)
    assert bool(people) == bool(found)
    for merged, _ in people:
        assert (merged >= detections.min(axis=0) - 1e-9).all()
        assert (merged <= detections.max(axis=0) + 1e-9).all()
    np.testing.assert_array_equal(detections, before)


def regions_found(people: dict[int, tuple[list[float], float]]) -> list[Floats]:
    """Return (x, y, side, turn) of who is found in a 320x180 picture."""
    network, _ = raw(people)
    found = PersonDetector(network, 0.5).find(np.zeros((180, 320, 3), np.uint8))
    return [np.array([r.center_x_px, r.center_y_px, r.side_px, r.rotation_rad]) for r in found]


def test_keypoints_come_back_from_the_letterbox_to_the_picture() -> None:
    # 320 wide and 180 high: the square is 320 wide and begins 70 above the picture.
    found = regions_found({1700: (person(1700, (0.5, 0.5), (0.5, 0.375)), 4.0)})
    np.testing.assert_allclose(found, [[160, 90, 100, 0]], atol=1e-3)


def test_in_a_tall_picture_the_letterbox_begins_to_its_left() -> None:
    network, _ = raw({1700: (person(1700, (0.5, 0.25), (0.625, 0.25)), 4.0)})
    (found,) = PersonDetector(network, 0.5).find(np.zeros((320, 180, 3), np.uint8))
    assert found.center_x_px == pytest.approx(90, abs=1e-3)
    assert found.center_y_px == pytest.approx(80, abs=1e-3)
    assert found.rotation_rad == pytest.approx(np.pi / 2)


def test_the_largest_person_comes_before_a_surer_one_far_behind() -> None:
    found = regions_found(
        {
            100: (person(100, (0.125, 0.375), (0.125, 0.3125)), 9.0),
            1700: (person(1700, (0.625, 0.5), (0.625, 0.3)), 1.0),
        }
    )
    np.testing.assert_allclose([r[:3] for r in found], [[200, 90, 160], [40, 50, 50]], atol=1e-3)


def test_a_person_without_size_is_left_out() -> None:
    found = regions_found(
        {
            100: (person(100, (0.25, 0.5), (0.25, 0.5)), 9.0),
            1700: (person(1700, (0.5, 0.5), (0.5, 0.3)), 1.0),
        }
    )
    assert len(found) == 1


def test_nobody_is_found_where_no_score_suffices() -> None:
    assert regions_found({}) == []
    assert regions_found({3: (person(3, (0.5, 0.5), (0.5, 0.3)), -0.1)}) == []


def test_the_network_is_given_the_whole_picture_in_rgb_with_black_bars() -> None:
    network, _ = raw({})
    PersonDetector(network, 0.5).find(np.full((180, 320, 3), (0, 51, 255), np.uint8))
    (given_,) = network.given
    assert given_.shape == (1, 224, 224, 3)
    assert given_.dtype == np.float32
    # 70 / 320 of 224 rows, 49, are black above and below.
    np.testing.assert_allclose(
        given_[0, 51:173], np.broadcast_to([1, -0.6, -1], (122, 224, 3)), atol=1e-6
    )
    assert (given_[0, :48] == -1).all()
    assert (given_[0, 176:] == -1).all()


def test_the_same_place_is_found_in_a_picture_twice_as_large() -> None:
    people = {1700: (person(1700, (0.5, 0.5), (0.55, 0.3)), 4.0)}
    small, large = (
        PersonDetector(raw(people)[0], 0.5).find(np.zeros((90 * k, 160 * k, 3), np.uint8))[0]
        for k in (1, 2)
    )
    assert large == a_region(
        small.center_x_px * 2, small.center_y_px * 2, small.side_px * 2, small.rotation_rad
    )
