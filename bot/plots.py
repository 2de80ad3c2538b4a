"""Plots for the 作战图 as SVG images, light and dark, by matplotlib. Any thread; one plot at a time.

Letters are drawn as outlines when a Chinese font is found; without one they stay letters and the
reader's browser brings its own. So a plot never fails for want of a font.
"""

import threading
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

from bot.store.overview import Flow

FONTS = ("WenQuanYi Micro Hei", "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC",
         "SimHei", "WenQuanYi Zen Hei")  # fmt: skip
_one_at_a_time = threading.Lock()  # matplotlib's settings are global


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours of tokens.css, which an image cannot read."""

    text: str
    line: str
    first: str
    second: str
    steps: tuple[str, ...]


INKS = {
    "light": Ink("#55606e", "#d5dce5", "#1a4f8b", "#4ba36f",
                 ("#1c6b3c", "#6aa56f", "#c8a43a", "#cf7f2c", "#c2502a", "#b3151c")),
    "dark": Ink("#a9b4c2", "#334050", "#7fb2ee", "#6fcf97",
                ("#8fdcab", "#b5d98a", "#ffd27a", "#ffb37a", "#ff9c82", "#ff8a8a")),
}  # fmt: skip


@cache
def chinese_font() -> str | None:
    """The first of ours that is installed."""
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in FONTS if name in installed), None)


def flow_svg(flow: Sequence[Flow], theme: str) -> bytes:
    """Bars of what came in, a line of what went out, a day each."""

    def draw(axes: Any, ink: Ink) -> None:
        places = range(len(flow))
        axes.bar(places, [day.filed for day in flow], width=0.72, color=ink.first, label="新收")
        axes.plot(
            places, [day.left for day in flow], color=ink.second, linewidth=2.2, marker="o",
            markersize=3.6, label="办出",
        )  # fmt: skip
        shown = [at for at in places if (len(flow) - 1 - at) % 5 == 0]
        axes.set_xticks(shown, [f"{flow[at].day.month}/{flow[at].day.day}" for at in shown])
        axes.set_xlim(-0.6, len(flow) - 0.4)
        axes.legend(
            loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False, labelcolor=ink.text,
            fontsize=11, borderpad=0, handlelength=1.4,
        )  # fmt: skip

    return _svg(draw, theme, 6.4, 2.7)


def ages_svg(ages: Sequence[tuple[str, int]], theme: str) -> bytes:
    """A bar an age, the older the redder."""

    def draw(axes: Any, ink: Ink) -> None:
        places = range(len(ages))
        bars = axes.bar(
            places, [count for _, count in ages], width=0.66,
            color=[ink.steps[min(at, len(ink.steps) - 1)] for at in places],
        )  # fmt: skip
        axes.bar_label(bars, padding=2, color=ink.text, fontsize=12)
        axes.set_xticks(places, [name for name, _ in ages])
        axes.margins(y=0.16)

    return _svg(draw, theme, 4.4, 2.7)


def _svg(draw: Callable[[Any, Ink], None], theme: str, width: float, height: float) -> bytes:
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    ink, font = INKS[theme], chinese_font()
    settings: Any = {
        "font.family": [font, "DejaVu Sans"] if font else ["DejaVu Sans"],
        "svg.fonttype": "path" if font else "none",
        "svg.hashsalt": "mashangban",  # the same figures give the same bytes
        "axes.unicode_minus": False,
    }
    with _one_at_a_time, rc_context(settings), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # letters without a font are the browser's
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.add_subplot()
        draw(axes, ink)
        axes.set_facecolor("none")
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True, min_n_ticks=1))
        axes.set_ylim(bottom=0)
        axes.grid(axis="y", color=ink.line, linewidth=0.7)
        axes.set_axisbelow(True)
        axes.tick_params(colors=ink.text, labelsize=11, length=0)
        for side, spine in axes.spines.items():
            spine.set_visible(side == "bottom")
            spine.set_color(ink.line)
        image = BytesIO()
        figure.savefig(image, format="svg", transparent=True, metadata={"Date": None})
    return image.getvalue()
