"""Conclusions of a cue experiment in words."""

from collections.abc import Mapping

from edge.i18n.word_catalogue import Catalogue
from edge.messages.coded import ParamValue
from edge.messages.conclusion import Conclusion


def conclusion_words(conclusion: Conclusion, words: Catalogue) -> str:
    """Return a conclusion in a language; empty of none.

    Examples
    --------
    >>> from edge.i18n.word_catalogue import load
    >>> moved = {"metric": "knee_toe_offset_pct", "before": 6.0, "after": -5.0}
    >>> stayed = Conclusion("cue_stayed", cue="sit_back", effect="knee_behind", **moved)
    >>> conclusion_words(stayed, load("en"))
    'Sitting back moved the knee 5 % behind the toes and stayed when the screen was off.'
    """
    if not conclusion.code:
        return conclusion.said
    params: dict[str, ParamValue] = dict(conclusion.params)
    if "effect" in params:
        params["effect"] = _effect(params, words)
    if "cue" in params:
        params["cue"] = cue_subject(str(params["cue"]), words)
    if "side" in params:
        params["side"] = words.text(f"report.leg.{params['side']}")
    return words.text(f"conclusion.{conclusion.code}", **params)


def cue_subject(cue: str, words: Catalogue) -> str:
    """Return a cue as the subject of a sentence; one that is not known keeps its name."""
    key = f"subject.{cue}"
    return words.text(key) if key in words else cue.replace("_", " ")


def _effect(params: Mapping[str, ParamValue], words: Catalogue) -> str:
    metric, effect = str(params["metric"]), str(params["effect"])
    unit = words.text(f"metric.{metric}.unit")
    ends = {
        end: f"{words.number(float(params[end]))}{'' if unit == '°' else ' '}{unit}"
        for end in ("before", "after")
    }
    away = abs(float(params["after"]))
    return words.text(f"effect.{effect}", away=away, metric=_object(metric, words), **ends)


def _object(metric: str, words: Catalogue) -> str:
    key = f"object.{metric}"
    return words.text(key if key in words else f"metric.{metric}.label")
