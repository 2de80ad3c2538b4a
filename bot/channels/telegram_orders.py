"""What a staff member's reply to a card means: an answer, a note, a question back, a return."""

import re
from dataclasses import dataclass

from bot.departments import Department, Directory
from bot.errors import Incomplete
from bot.tickets import EventKind

HOW_TO_RETURN = "请回复这张卡片：退单 单位名 理由"
_AGAIN = re.compile(r"^补充答复[:：,，\s]*")
_NOTE = re.compile(r"^(?:[#＃]|备注)[:：,，\s]*")
_ASK = re.compile(r"^(?:补充|问)\s*[:：]\s*")
_WHY = re.compile(r"^(?:超时)?原因\s*[:：]\s*")
_RETURN = re.compile(
    r"^退单[:：,，\s]*(?P<unit>[^\s:：,，。]+)[\s:：,，。]+(?P<why>.+)$", re.DOTALL
)
MOST_NAMES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A move of the desk, and what goes with it."""

    event: EventKind
    note: str = ""
    department: str | None = None
    again: bool = False  # meant as one more reply, after that of a colleague


def read(words: str, directory: Directory) -> Order:
    """Without a mark it is the reply to the resident. Incomplete says how to write what was meant."""
    words = words.strip()
    if mark := _NOTE.match(words):
        return Order(event=EventKind.NOTED, note=words[mark.end() :])
    if mark := _ASK.match(words):
        return Order(event=EventKind.ASKED, note=words[mark.end() :])
    if mark := _WHY.match(words):
        return Order(event=EventKind.EXPLAINED, note=words[mark.end() :])
    if mark := _AGAIN.match(words):
        return Order(event=EventKind.REPLIED, note=words[mark.end() :], again=True)
    if words.startswith("退单"):
        found = _RETURN.match(words)
        if found is None:
            raise Incomplete(HOW_TO_RETURN)
        unit = unit_named(found["unit"], directory)
        return Order(event=EventKind.RETURNED, note=found["why"].strip(), department=unit.id)
    return Order(event=EventKind.REPLIED, note=words)


def unit_named(name: str, directory: Directory) -> Department:
    """By its name, or a part of it that fits no other unit."""
    units = directory.departments.values()
    same = [unit for unit in units if name in (unit.name, unit.id)]
    fitting = same or [unit for unit in units if name in unit.name or _short(name) in unit.name]
    if len(fitting) == 1:
        return fitting[0]
    names = "、".join(unit.name for unit in (fitting or list(units))[:MOST_NAMES])
    if fitting:
        raise Incomplete(f"“{name}”不止一个单位：{names}。请写全称。")
    raise Incomplete(f"没有叫“{name}”的单位。请写全称，比如：{names}。")


def _short(name: str) -> str:
    """大东区城建局 as people say it: without the district before."""
    return name.removeprefix("大东区").removeprefix("区") or name
