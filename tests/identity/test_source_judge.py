"""The better source is followed, the reader where both are good, and nothing flickers."""

from itertools import repeat
from math import nan

import pytest

from edge.identity.source_judge import SourceJudge
from edge.messages.legs import LegSource

READER, TRACKED = LegSource.READER, LegSource.TRACKED


def judged(*scores: tuple[float, float]) -> list[LegSource]:
    judge = SourceJudge()
    return [judge.look(*pair) for pair in scores]


def test_the_reader_comes_first() -> None:
    assert SourceJudge().source is READER


@pytest.mark.parametrize("reader", [0.99, 0.86, 0.8])
def test_a_good_reader_stays_beside_perfect_tracking(reader: float) -> None:
    assert set(judged(*repeat((reader, 1.0), 9))) == {READER}


def test_a_bad_reader_is_left_at_once_and_a_weaker_one_at_the_second_look() -> None:
    assert judged((0.1, 0.8)) == [TRACKED]
    assert judged((0.5, 0.75), (0.5, 0.75)) == [READER, TRACKED]


def test_the_reader_is_followed_again_when_it_is_better() -> None:
    assert judged((0.1, 0.8), (0.8, 0.8), (0.8, 0.8)) == [TRACKED, TRACKED, READER]


def test_about_equal_scores_change_nothing() -> None:
    swinging = [(0.6, 0.7), (0.6, 0.75), (0.65, 0.6)] * 4
    assert set(judged(*swinging)) == {READER}
    assert set(judged((0.1, 0.8), *[(0.62, 0.75), (0.68, 0.72)] * 4)) == {TRACKED}


@pytest.mark.parametrize("scores", [(nan, 0.9), (0.1, nan), (nan, nan)])
def test_an_unknown_score_decides_nothing(scores: tuple[float, float]) -> None:
    assert set(judged(*repeat(scores, 5))) == {READER}


def test_it_doubts_until_the_first_score_and_while_that_is_low() -> None:
    doubts = []
    judge = SourceJudge()
    for scores in ((nan, nan), (0.9, nan), (0.5, 0.5)):
        judge.look(*scores)
        doubts.append(judge.doubts)
    assert doubts == [True, False, True]


def test_who_stands_is_no_reason_to_doubt() -> None:
    judge = SourceJudge()
    for _ in range(20):
        judge.look(nan, nan)
    assert not judge.doubts


def test_no_source_is_left_alone_that_could_be_beaten() -> None:
    for hundredths in range(101):
        judge, score = SourceJudge(), hundredths / 100
        judge.look(score, nan)
        if not judge.compares:
            judge.look(score, 1.0)
            assert judge.look(score, 1.0) is READER


def test_a_bad_source_is_not_left_for_one_as_useless() -> None:
    assert set(judged(*repeat((0.0, 0.35), 5))) == {READER}


def test_reset_starts_with_the_reader_again() -> None:
    judge = SourceJudge()
    judge.look(0.1, 0.8)
    judge.reset()
    assert judge.source is READER
