"""The check of a reply before it may leave: facts, deeds, a result or a date, and no empty words.

The parts follow the rules for written replies to petitions and the Jinan hotline statute: what was found, the
basis, what was done, the result or a definite date, who did it and how to reach him, and the next way.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

SHORTEST_REASON = 8
SHORTEST = 20  # signs: below it no reply can hold a fact and a result

_DATE = re.compile(
    r"\d{1,4}\s*[年月日号]|\d{1,2}[./-]\d{1,2}|今天|明天|后天|今晚|明早|本周[一二三四五六日]|下周[一二三四五六日]"
    r"|[一二三四五六七八九十两\d]+\s*(?:个)?(?:工作日|小时|天)(?:内|之内|以内)?|[一二三四五六七八九十]+月[一二三四五六七八九十]+[日号]"
)
_VAGUE = re.compile(
    r"近期|尽快|适时|择机|正在研究|抓紧|陆续|条件成熟|高度重视|进一步(?:加强|核实|研究)|将会?.{0,6}(?:处理|解决)"
)
_DEED = re.compile(
    r"已|现场|核实|查看|检查|联系|更换|修复|清理|清运|处罚|责令|整改|安装|协调|退还|补发|告知|查明|调查|登记|拆除|疏通|清走|送到"
)
_RESULT = re.compile(
    r"完成|修好|恢复|解决|清理|更换|整改|到位|达标|退还|发放|办结|拆除|正常|不属于|不符合|属于|同意|不予|已经"
)
_PHONE = re.compile(
    r"\d{3,4}-?\d{7,8}|1\d{10}|12345|(?:咨询|联系)电话|联系人|本对话|在这里(?:说|回)|直接回复"
)


_CANNOT = re.compile(
    r"办不了|管不了|无法(?:办理|解决|处理|满足|支持|答应|安装|施工)"
    r"|不(?:能|予)(?:办理|解决|处理|受理|支持|满足|批准|安装|补偿|赔偿)|不符合.{0,10}(?:条件|规定|要求|政策)"
)
_BASIS = re.compile(r"依据|《|规定|条例|办法|法律|第[一二三四五六七八九十百\d]+条")
_WAY = re.compile(
    r"可以|可(?:到|向|通过|申请|拨打)|建议您|请(?:到|向|拨打|通过|携带)|改为|改走|替代|渠道|诉讼|仲裁|复议|另行"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """`blocking` faults keep the reply back; the others are advice while typing."""

    code: str
    sentence: str
    blocking: bool = True


def faults_of_reply(text: str) -> list[Fault]:
    """Only what keeps a reply back."""
    return [fault for fault in review(text) if fault.blocking]


def faults_of_reason(text: str) -> list[Fault]:
    """What keeps back the reason for a delay: it must say something, and nothing secret."""
    faults = [fault for fault in review(text) if fault.code in ("vague", "privacy")]
    if len(re.sub(r"\s", "", text)) < SHORTEST_REASON:
        faults.insert(0, Fault("short", "太短了，请写清卡在哪里、为什么"))
    return faults


def has_date(text: str) -> bool:
    """A day, a number of days, or a word that names one."""
    return bool(_DATE.search(text))


def review(text: str, earlier: Iterable[str] = ()) -> list[Fault]:
    """All faults and advice; `earlier` are replies of other tickets, for copied text."""
    bare = re.sub(r"\s", "", text)
    faults = []
    if len(bare) < SHORTEST:
        faults.append(Fault("short", "太短了，请写清查到了什么、做了什么、结果如何"))
    vague = _VAGUE.search(bare)
    if vague and not _DATE.search(bare):
        faults.append(Fault("vague", f"写了“{vague.group()}”却没有日期，请写清哪天之前办完"))
    if not _DEED.search(bare):
        faults.append(Fault("deed", "没写做了什么（谁、什么时候去看、怎么处理的）"))
    if not (_RESULT.search(bare) or _DATE.search(bare)):
        faults.append(Fault("result", "没写结果，也没写哪天有结果"))
    if cannot := _CANNOT.search(bare):  # 不为不办找理由，只为办好想办法
        if not _BASIS.search(bare):
            faults.append(Fault("no_basis", f"写了“{cannot.group()}”，要写明依据哪条规定"))
        if not _WAY.search(bare):
            faults.append(Fault("no_way", f"写了“{cannot.group()}”，要写明还能怎么办、去哪里办"))
    if not _PHONE.search(bare):
        faults.append(Fault("contact", "最好写上找谁、怎么联系", blocking=False))
    if "依据" not in bare and "《" not in bare and "规定" not in bare:
        faults.append(Fault("basis", "如有依据，最好写上", blocking=False))
    if re.search(r"\d{17}[\dXx]", bare):
        faults.append(Fault("privacy", "里面有身份证号，请删掉"))
    if any(_alike(bare, re.sub(r"\s", "", other)) for other in earlier):
        faults.append(
            Fault("copied", "和以前的答复几乎一样，请按这件事的实际情况写", blocking=False)
        )
    return faults


def _alike(one: str, other: str) -> bool:
    """More than nine tenths of the four-sign pieces are shared."""
    pieces = {one[i : i + 4] for i in range(len(one) - 3)}
    others = {other[i : i + 4] for i in range(len(other) - 3)}
    return bool(pieces) and len(pieces & others) / max(len(pieces), len(others), 1) > 0.9
