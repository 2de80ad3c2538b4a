"""The model card of the settings page: how well the program understands, in the operator's words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.console.front import Front

ROUTES = {
    "answer": "问事：答到哪一条",
    "complaint": "诉求：归到哪一类",
    "act": "应答：确认、取消、转人工等",
}
THRESHOLDS = {
    "answer": "直接回答",
    "complaint": "直接填单",
    "act": "直接照做",
    "clarify": "给几个选项请人挑",
    "second": "一句话里看出第二件事",
    "outside": "认作不归这里管",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """Shares are per cent as the training measured them, on sentences the model had not seen."""

    about: tuple[tuple[str, str], ...]
    scores: tuple[tuple[str, float], ...]
    thresholds: tuple[tuple[str, float], ...]


def model_card(front: Front) -> ModelCard | None:
    """None where there is no card, or one of a format this page does not know."""
    try:
        card = json.loads((front.settings.model / "model.json").read_text("utf-8"))
        return _card(card, card["report"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _card(card: Mapping[str, Any], report: Mapping[str, Any]) -> ModelCard:
    scores = [("第一个就对", report["score"]), ("前三个里有", report["among_three"])]
    scores += [(ROUTES[name], share) for name, share in report["routes"].items() if name in ROUTES]
    scores += [
        ("听出危险的（气味、着火、触电……）", report["danger_recall"]),
        ("没有危险却当成危险的", report["false_alarms"]),
        ("把握与实际相差", report["calibration_error"]),
    ]
    return ModelCard(
        about=(
            ("训练句子", f"{report['sentences']:,}句"),
            ("能分出", f"{report['labels']}种意思"),
            ("训练用时", f"{card['trained_in_seconds']:.0f}秒"),
            ("语料指纹", str(card["corpus"])),
        ),
        scores=tuple((name, round(100 * share, 1)) for name, share in scores),
        thresholds=tuple(
            (name, card["thresholds"][key])
            for key, name in THRESHOLDS.items()
            if key in card["thresholds"]
        ),
    )
