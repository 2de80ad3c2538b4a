"""The conditions of every rate over ticket_facts: what is counted, and among what. No other place has them.

A numerator always counts within its denominator. `:now` and `:follow_line` are UTC texts of a fixed
width, like the moments in the table.
"""

from dataclasses import dataclass
from enum import StrEnum

SATISFIED_FROM = 3  # of five, as the national 好差评 counts: 非常满意, 满意, 基本满意


class Measure(StrEnum):
    """A rate's name in exports and links."""

    SIGN = "sign_on_time"  # 及时签收率
    CONTACT = "contact_on_time"  # 响应率（先行联系率）
    FINISH = "finish_on_time"  # 按时办结率
    FIRST_FINISH = "first_finish_on_time"  # 原始时限按时率
    ONCE = "closed_at_once"  # 一次办结率
    SOLVED = "solved"  # 解决率
    SOLVED_COVERAGE = "solved_coverage"
    SATISFIED = "satisfied"  # 满意率
    RATED = "rated"  # 评价覆盖率
    FOLLOWED_UP = "followed_up"  # 回访率
    HELD = "held"  # 回访核实率
    HELD_COVERAGE = "held_coverage"
    RETURNED = "returned"  # 退单率
    MOVED_ON = "moved_on"  # 改派次数均值
    EXTENDED = "extended"  # 延期率
    REOPENED = "reopened"  # 重办率
    REPEATED = "repeated"  # 重复诉求率
    OVERDUE = "overdue"  # 超期率
    FALSE_CLOSING = "false_closing"  # 假办结率
    DISPATCH = "dispatch_right"  # 派单准确率
    UNCONTACTABLE = "uncontactable"  # 匿名，不计入响应率，另列


@dataclass(frozen=True, slots=True)
class Sums:
    """`value`: what a numerator adds up; 1 counts tickets."""

    numerator: str
    denominator: str
    value: str = "1"

    @property
    def counted(self) -> str:
        return f"({self.denominator}) and ({self.numerator})"


_FINISH_DUE = (
    "void = 0 and (finished_at is not null or late = 1 or (finish_by <= :now and paused = 0))"
)
_CONCLUDED = "closed = 1 or reopenings > 0"
_FOLLOW_DUE = "closed = 1 and closed_at <= :follow_line"

MEASURES: dict[Measure, Sums] = {
    Measure.SIGN: Sums(
        "signed_at <= sign_by",
        "sign_by is not null and (signed_at is not null or sign_by <= :now)",
    ),
    Measure.CONTACT: Sums(
        "contacted_at <= contact_by",
        "contact_by is not null and uncontactable = 0"
        " and (contacted_at is not null or (contact_by <= :now and paused = 0))",
    ),
    Measure.FINISH: Sums("late = 0 and finished_at <= finish_by", _FINISH_DUE),
    Measure.FIRST_FINISH: Sums(
        "first_finished_at <= first_finish_by",  # nothing puts this one off, not even a stopped clock
        "void = 0 and (first_finished_at is not null or first_finish_by <= :now)",
    ),
    Measure.ONCE: Sums("closed = 1 and reopenings = 0 and repeated = 0", _CONCLUDED),
    Measure.SOLVED: Sums("solved = 1", "solved is not null"),
    Measure.SOLVED_COVERAGE: Sums("solved is not null", "void = 0 and replied = 1"),
    Measure.SATISFIED: Sums(f"rating >= {SATISFIED_FROM}", "rating is not null"),
    Measure.RATED: Sums("rating is not null", "closed = 1"),
    Measure.FOLLOWED_UP: Sums("followed_up = 1", _FOLLOW_DUE),
    Measure.HELD: Sums("held = 1", "held is not null"),
    Measure.HELD_COVERAGE: Sums("held is not null", "followed_up = 1"),
    Measure.RETURNED: Sums("returns > 0", "dispatched = 1"),
    Measure.MOVED_ON: Sums("1 = 1", "dispatched = 1", value="returns + transfers + designated"),
    Measure.EXTENDED: Sums("extensions > 0", "dispatched = 1 and void = 0"),
    Measure.REOPENED: Sums("reopenings > 0", _CONCLUDED),
    Measure.REPEATED: Sums("repeats is not null", "1 = 1"),
    Measure.OVERDUE: Sums(
        "late = 1 or finished_at is null or finished_at > finish_by", _FINISH_DUE
    ),
    Measure.FALSE_CLOSING: Sums("false_closing = 1", _CONCLUDED),
    Measure.DISPATCH: Sums("first_fit = 1", "first_fit is not null"),
    Measure.UNCONTACTABLE: Sums(
        "uncontactable = 1", "contact_by is not null or (uncontactable = 1 and void = 0)"
    ),
}


class Part(StrEnum):
    """Which tickets behind a rate to open."""

    COUNTED = "counted"
    MISSED = "missed"
    ALL = "all"


def part_of(measure: Measure, part: Part) -> str:
    """The condition for the tickets of that part of a rate."""
    sums = MEASURES[measure]
    match part:
        case Part.COUNTED if sums.value != "1":
            return f"({sums.counted}) and {sums.value} > 0"
        case Part.COUNTED:
            return sums.counted
        case Part.MISSED:
            # a comparison with a moment that never came is neither true nor false
            return f"({sums.denominator}) and not coalesce({sums.numerator}, 1 = 0)"
        case _:
            return f"({sums.denominator})"
