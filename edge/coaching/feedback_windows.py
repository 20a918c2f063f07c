"""When a faded feedback is on, and the tempo of a metronome that rises to its target."""

from typing import Final

# The time in which the tempo rises by ``coaching.metronome_ramp_spm``.
RAMP_S: Final = 30.0


def window_on(elapsed_s: float, period_s: float, on_s: float) -> bool:
    """Return whether an instant lies in a window with feedback.

    Parameters
    ----------
    elapsed_s
        Time since the step began, seconds; before it, nothing is on.
    period_s
        Time from the beginning of one window to that of the next, seconds; positive.
    on_s
        Length of a window, seconds; each period begins with one.

    Notes
    -----
    Windows of equal length at equal distances: after any whole number of periods the share is
    exact, at any other instant it is wrong by less than one window.

    Examples
    --------
    >>> [window_on(t, 40, 10) for t in (0, 9.9, 10, 39.9, 40)]
    [True, True, False, False, True]
    """
    return elapsed_s >= 0 and elapsed_s % period_s < on_s


def tempo_spm(elapsed_s: float, base_spm: float, aim_spm: float, ramp_spm: float) -> float:
    """Return the tempo of the metronome, steps per minute; NaN without a baseline.

    Parameters
    ----------
    elapsed_s
        Time since the step began, seconds.
    base_spm, aim_spm
        Cadence of the baseline, where the tempo begins, and the target, where it stays.
    ramp_spm
        Its increase in 30 s.

    Examples
    --------
    >>> [tempo_spm(t, 160, 166, 2) for t in (0, 15, 30, 90, 200)]
    [160.0, 161.0, 162.0, 166.0, 166.0]
    """
    return min(float(aim_spm), base_spm + ramp_spm * max(elapsed_s, 0.0) / RAMP_S)


def ramp_left_s(tempo: float, aim_spm: float, ramp_spm: float) -> float:
    """Return the seconds until a tempo has risen to the target; 0 if it is there.

    Examples
    --------
    >>> ramp_left_s(162, 166, 2), ramp_left_s(166, 166, 2)
    (60.0, 0.0)
    """
    return max(0.0, aim_spm - tempo) * RAMP_S / ramp_spm
