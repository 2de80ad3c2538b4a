"""Pictures of a training report. Chinese labels where a Chinese font is found, ids otherwise."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

from intents.evaluation import Judged, calibration

FONTS = ("WenQuanYi Micro Hei", "Noto Sans CJK SC", "Source Han Sans SC", "SimHei", "PingFang SC")
NAMES = {"answer": "办事咨询", "complaint": "投诉反映", "act": "对话"}
COLOURS = {"answer": "#2a6f97", "complaint": "#c1582b", "act": "#5a7d2a"}


def draw(judged: Judged, learning: Sequence[tuple[int, float]], folder: Path) -> None:
    """calibration.svg, confidence.svg, learning.svg."""
    family = next((f for f in FONTS if f in {font.name for font in fontManager.ttflist}), None)
    names = NAMES if family else {key: key for key in NAMES}
    style: dict[str, Any] = {"font.family": [family or "DejaVu Sans"], "svg.fonttype": "path"}
    with mpl.rc_context(style):  # type: ignore[arg-type]
        _save(_calibration(judged, chinese=bool(family)), folder / "calibration.svg")
        _save(_confidence(judged, names, chinese=bool(family)), folder / "confidence.svg")
        _save(_learning(learning, chinese=bool(family)), folder / "learning.svg")


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None})


def _axes(title: str, across: str, up: str) -> tuple[Figure, Any]:
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    axes.set(title=title, xlabel=across, ylabel=up)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.3)
    return figure, axes


def _calibration(judged: Judged, *, chinese: bool) -> Figure:
    words = (
        ("把握与准确", "机器人的把握", "实际对的比例")
        if chinese
        else ("Calibration", "confidence", "right")
    )
    figure, axes = _axes(*words)
    points = calibration(judged)
    axes.plot([0, 1], [0, 1], "--", color="#999999", linewidth=1)
    axes.plot([c for c, _, _ in points], [r for _, r, _ in points], "-", color="#2a6f97")
    sizes = [12 + 300 * n / max(1, len(judged.right)) for _, _, n in points]
    axes.scatter([c for c, _, _ in points], [r for _, r, _ in points], s=sizes, color="#2a6f97")
    axes.set(xlim=(0, 1), ylim=(0, 1))
    return figure


def _confidence(judged: Judged, names: dict[str, str], *, chinese: bool) -> Figure:
    words = (
        ("把握的分布（浅色：猜错的）", "把握", "句数")
        if chinese
        else ("Confidences (light: wrong)", "confidence", "sentences")
    )
    figure, axes = _axes(*words)
    edges = np.linspace(0, 1, 26).tolist()
    for route, name in names.items():
        rows = judged.route == route
        axes.hist(
            judged.confidence[rows & judged.right],
            edges,
            histtype="step",
            linewidth=1.8,
            color=COLOURS[route],
            label=name,
        )
        axes.hist(judged.confidence[rows & ~judged.right], edges, alpha=0.25, color=COLOURS[route])
    axes.legend(frameon=False)
    return figure


def _learning(learning: Sequence[tuple[int, float]], *, chinese: bool) -> Figure:
    words = (
        ("句子越多，认得越准（只凭语义）", "训练句数", "没见过的句子猜对的比例")
        if chinese
        else ("Learning curve (meaning only)", "sentences", "right")
    )
    figure, axes = _axes(*words)
    axes.plot([n for n, _ in learning], [r for _, r in learning], "o-", color="#2a6f97")
    axes.set_ylim(0, 1)
    return figure
