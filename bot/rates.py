"""What the rates are called and what they count (响应率、解决率、满意率 …), and the guard against small numbers.

The conditions themselves stand in store/rates.py. Nothing unrated is ever satisfied.
"""

from dataclasses import dataclass

from bot.store.rates import Measure

SMALL = 5  # below so many cases the numbers are shown and no per cent


@dataclass(frozen=True, slots=True, kw_only=True)
class RateKind:
    """`among` and `counts` say in words what stands below and above the line."""

    measure: Measure
    name: str
    counts: str
    among: str
    coverage: Measure | None = None
    covers: str = "可以评价的工单"  # what stands below the line of the coverage
    wanted: str = "high"  # high, low, or none: which way is better
    mean: bool = False


KINDS: tuple[RateKind, ...] = (
    RateKind(measure=Measure.SIGN, name="及时签收率", counts="时限内签收", among="应签收的工单"),
    RateKind(
        measure=Measure.CONTACT, name="响应率（先行联系率）", counts="时限内与诉求人联系",
        among="应联系的工单，匿名的另列",
    ),
    RateKind(
        measure=Measure.FINISH, name="按时办结率", counts="时限（含获批延期）内办结，重办前超过时限的不算", among="已办结或已到期的工单",
    ),
    RateKind(
        measure=Measure.FIRST_FINISH, name="原始时限按时率", counts="按受理时承诺的时限办结，不计延期和暂停",
        among="首次办结或已过原时限的工单",
    ),
    RateKind(
        measure=Measure.ONCE, name="一次办结率", counts="没有重办、30日内没有再次反映", among="办结或重办过的工单",
    ),
    RateKind(
        measure=Measure.SOLVED, name="解决率", counts="诉求人说已解决", among="诉求人说过解决与否的工单",
        coverage=Measure.SOLVED_COVERAGE,
    ),
    RateKind(
        measure=Measure.SATISFIED, name="满意率", counts="评价3分及以上（基本满意、满意、非常满意）",
        among="已评价的工单，未评价不算满意", coverage=Measure.RATED,
    ),
    RateKind(measure=Measure.FOLLOWED_UP, name="回访率", counts="已发回访", among="办结满回访期的工单"),
    RateKind(
        measure=Measure.HELD, name="回访核实率", counts="诉求人回访时说管住了，与办理结果一致", among="诉求人答了回访的工单",
        coverage=Measure.HELD_COVERAGE, covers="问过的工单",
    ),
    RateKind(measure=Measure.DISPATCH, name="派单准确率", counts="首次派单即签收且没有退转", among="首次派单已有结果的工单"),
    RateKind(measure=Measure.RETURNED, name="退单率", counts="退过单", among="已派单", wanted="low"),
    RateKind(
        measure=Measure.MOVED_ON, name="改派次数均值", counts="退单、转办、指定办理的次数", among="已派单",
        wanted="low", mean=True,
    ),
    RateKind(measure=Measure.EXTENDED, name="延期率", counts="获批延期", among="已派单，撤回并单不计", wanted="low"),
    RateKind(measure=Measure.REOPENED, name="重办率", counts="重办过", among="办结或重办过的工单", wanted="low"),
    RateKind(
        measure=Measure.REPEATED, name="重复诉求率", counts="并单，或同一诉求人30日内再次反映同类事项",
        among="全部工单", wanted="low",
    ),
    RateKind(
        measure=Measure.OVERDUE, name="超期率", counts="超过时限，重办前、暂停计时前超过的也算", among="已办结或已到期的工单", wanted="low",
    ),
    RateKind(
        measure=Measure.FALSE_CLOSING, name="假办结率",
        counts="核查退回，或未经诉求人确认即办结、随后被否认", among="办结或重办过的工单", wanted="low",
    ),
    RateKind(
        measure=Measure.UNCONTACTABLE, name="匿名和没留电话的举报（不计入响应率）", counts="匿名，或举报没留电话",
        among="应联系的诉求类型", wanted="none",
    ),
)  # fmt: skip
CORE = (Measure.CONTACT, Measure.SOLVED, Measure.SATISFIED)  # the three rates of the regulation
RATES = {kind.measure: kind for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Share:
    """A numerator over a denominator. `percent` is None where there are too few cases to speak of."""

    numerator: int
    denominator: int

    @property
    def percent(self) -> float | None:
        if self.denominator < SMALL:
            return None
        return round(100 * self.numerator / self.denominator, 1)

    @property
    def mean(self) -> float | None:
        return round(self.numerator / self.denominator, 2) if self.denominator else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Raw counts everything, adjusted leaves out what two people agreed to exclude."""

    kind: RateKind
    raw: Share
    adjusted: Share
    coverage: Share | None = None
