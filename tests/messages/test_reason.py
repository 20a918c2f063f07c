from edge.messages.reason import Reason


def test_reasons_are_equal_by_code_and_parameters_in_any_order() -> None:
    one, other = (
        Reason("belt_changed", seen=3, needed=10),
        Reason("belt_changed", needed=10, seen=3),
    )
    assert one == other
    assert len({one, other, Reason("belt_changed", seen=4, needed=10)}) == 2


def test_no_reason_is_false_and_one_of_words_alone_is_true() -> None:
    assert not Reason()
    assert not Reason.recorded("", {}, "")
    assert Reason.recorded("", {}, "far leg")
    assert Reason.recorded("far_leg", {}, "far leg") == Reason("far_leg")
