"""What people are likely to need now: the chips above the chat, by month, hour and audience."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

MOST = 5


@dataclass(frozen=True, slots=True)
class Chip:
    """`text` is on the chip, `says` is sent when it is tapped."""

    text: str
    says: str


@dataclass(frozen=True, slots=True)
class _When:
    chip: Chip
    fits: Callable[[datetime], bool]


def _months(*months: int) -> Callable[[datetime], bool]:
    return lambda local: local.month in months


def _hours(start: int, end: int) -> Callable[[datetime], bool]:
    """From `start` to before `end`, over midnight where end < start."""
    if start < end:
        return lambda local: start <= local.hour < end
    return lambda local: local.hour >= start or local.hour < end


def _always(local: datetime) -> bool:
    return True


# In the order of importance; the first MOST that fit are shown. test_suggestions.py sends every one.
CITIZEN = (
    _When(Chip("半夜施工太吵", "半夜工地还在施工，吵得睡不着"), _hours(22, 6)),
    _When(Chip("暖气不热", "家里暖气不热"), _months(11, 12, 1, 2, 3)),
    _When(Chip("积水排不出去", "下雨路面积水排不出去"), _months(7, 8)),
    _When(Chip("小学报名", "孩子今年上小学怎么报名？"), _months(6, 7)),
    _When(Chip("路面结冰", "路面积雪结冰没人清"), _months(11, 12, 1, 2)),
    _When(Chip("居民医保缴费", "城乡居民医保怎么参保缴费？"), _months(9, 10, 11)),
    _When(Chip("供暖报停", "供暖报停怎么办？"), _months(9, 10)),
    _When(Chip("个税退税", "个税退税怎么申请？"), _months(3, 4, 5, 6)),
    _When(Chip("柳絮太多", "柳絮太多了，能不能治理一下"), _months(5)),
    _When(Chip("烧烤摊占道", "烧烤摊占道没人管"), _months(4, 5, 6, 7, 8, 9, 10)),
    _When(Chip("广场舞太吵", "广场舞音响太吵了"), _hours(18, 22)),
    _When(Chip("路灯坏了", "路灯坏了没人修"), _hours(17, 6)),
    _When(Chip("早市占道", "路边早市占道经营堵路"), _hours(5, 9)),
    _When(Chip("新生儿上户口", "新生儿怎么上户口？"), _always),
    _When(Chip("补办身份证", "身份证丢了怎么补办？"), _always),
    _When(Chip("申请低保", "低保怎么申请？"), _always),
    _When(Chip("异地就医报销", "异地就医怎么备案报销？"), _always),
)
ENTERPRISE = (
    _When(Chip("企业年报", "企业年报怎么报？"), _months(1, 2, 3, 4, 5, 6)),
    _When(Chip("开办公司", "开公司怎么办理？"), _always),
    _When(Chip("食品经营许可", "食品经营许可证怎么办？"), _always),
    _When(Chip("审批太慢", "审批一直办不下来，我要反映"), _always),
    _When(Chip("税费优惠", "小微企业有什么税费优惠？"), _always),
    _When(Chip("创业担保贷款", "创业担保贷款怎么申请？"), _always),
)
PROGRESS = Chip("查进度", "查进度")


def chips(local: datetime, audience: str) -> tuple[Chip, ...]:
    """The chips for this moment of the district's day; looking up a ticket is always the last."""
    wishes = ENTERPRISE if audience == "enterprise" else CITIZEN
    fitting = tuple(wish.chip for wish in wishes if wish.fits(local))
    return (*fitting[:MOST], PROGRESS)
