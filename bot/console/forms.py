"""A small form for each move: just the fields its row needs, and the reading of what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.console.front import Front
from bot.errors import Incomplete
from bot.guards import HARD
from bot.moves import Move
from bot.tickets import KIND_NAMES, EventKind, Kind, Ticket
from bot.told import COLOUR_NAMES

E = EventKind
BLANK = "＿＿"  # where a reply template wants to be filled in

LEGAL_CHANNELS = (
    "人民法院诉讼", "劳动人事争议仲裁委员会", "商事仲裁", "行政复议机关", "纪检监察机关", "公安机关（110）",
    "信访部门", "政府信息公开申请", "12345热线",
)  # fmt: skip
EXCLUSION_REASONS = {
    "duplicate": "重复诉求",
    "untrue": "查无此事，有证据",
    "outside-district": "不属本区管辖",
    "legal-procedure": "已进入法定程序",
    "no-contact": "无法联系且无法查实",
    "against-law": "诉求违反法律或政策",
    "objective": "客观条件所限，已解释并公示",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`type`: area, text, number, date, choice or tick. `options` are (value, words, group)."""

    name: str
    label: str
    type: str
    required: bool = True
    options: tuple[tuple[str, str, str], ...] = ()
    value: str = ""
    hint: str = ""
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveForm:
    """A move this person may make now. `heard`: what the resident gets to know of it."""

    event: EventKind
    name: str
    heard: str
    rank: str  # main, more, grave
    fields: tuple[Field, ...] = ()
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A submitted form, read."""

    note: str
    data: dict[str, object] = field(default_factory=dict)


MAIN = (
    E.EXPLAINED, E.DISPATCHED, E.SIGNED, E.CLAIMED, E.RELEASED, E.CONTACTED, E.ASKED, E.ANSWERED, E.EXTENSION_GRANTED,
    E.EXTENSION_REFUSED, E.EXTENSION_ASKED, E.CLOSED, E.DESIGNATED, E.RESUMED,
)  # fmt: skip
GRAVE = (E.RETURNED, E.REDIRECTED, E.DECLINED, E.MERGED, E.ANONYMISED, E.EXCLUSION_GRANTED)
NOTE_LABELS = {
    E.RETURNED: ("退单理由", "为什么不归本单位办，依据是什么"),
    E.DESIGNATED: ("指定的理由", "诉求人会看到"),
    E.TRANSFERRED: ("转办原因", "诉求人会看到这句话"),
    E.ASKED: ("请诉求人补充什么", "一次问清，用平常话；等补充的时间不算进时限"),
    E.ANSWERED: ("补充的内容", "例如电话里补充的情况"),
    E.EXTENSION_ASKED: ("延期理由", "批准后诉求人会看到"),
    E.EXTENSION_REFUSED: ("不同意的理由", ""),
    E.EXPLAINED: ("为什么晚了", "诉求人会看到；写清卡在哪里"),
    E.PARKED: ("为什么暂时办不了", "诉求人会看到"),
    E.SUPERVISED: ("督办要求", "诉求人只知道列入了督办，看不到这句"),
    E.ESCALATED: ("提级的原因", "诉求人会看到"),
    E.REOPENED: ("哪里没办好", "诉求人会看到重办"),
    E.CLOSED: ("办结说明", "诉求人会看到；电话确认的，写明什么时候、怎么说的"),
    E.SPLIT: ("要拆出去的那件事", "会为它单立一张工单，诉求人会收到新单号"),
    E.REDIRECTED: ("原因", "诉求人会看到"),
    E.DECLINED: ("不予受理的理由", "诉求人会看到；写明依据"),
    E.EXCLUSION_ASKED: ("情况说明", "另一位督办员或管理员批准后才生效"),
    E.UNMASKED: ("为什么要看", "例如：电话联系核实地点。会记入过程，诉求人看得到"),
    E.NOTED: ("备注", "只有工作人员看得到"),
}


def form_of(
    front: Front, move: Move, ticket: Ticket, now: datetime, given: Mapping[str, str] | None = None
) -> MoveForm:
    """The form of a row; `given` is what was typed before a refusal."""
    typed = given or {}
    fields = tuple(
        _field(front, name, move, ticket, now, typed.get(name, ""))
        for name in sorted(move.needs, key=lambda name: name == "note")  # the words come last
    )
    return MoveForm(
        event=move.event,
        name=move.name,
        heard="会告诉诉求人" if move.says else "诉求人在进度里看得到" if move.public else "内部",
        rank="main" if move.event in MAIN else "grave" if move.event in GRAVE else "more",
        fields=(*fields, *_extras(front, move, ticket, typed)),
        open=given is not None,
    )


def _extras(
    front: Front, move: Move, ticket: Ticket, typed: Mapping[str, str]
) -> tuple[Field, ...]:
    """What a move takes beyond what its row demands."""
    if move.event is E.SPLIT:
        same = front.directory.category_name(ticket.category) if ticket.category else "未分类"
        choice = Field(
            name="category", label="拆出那件事的类别", type="choice", required=False,
            value=typed.get("category", ""), options=(("", f"不变（{same}）", ""), *_categories(front)),
            hint="换了类别，新单就派给那一类的单位",
        )  # fmt: skip
        return (choice,)
    if move.event is E.CONTACTED:
        words = Field(
            name="note", label="联系的情况", type="area", required=False, value=typed.get("note", ""),
            hint="什么时候、怎么联系的、约定了什么；诉求人在进度里看得到",
        )  # fmt: skip
        return (words,)
    if move.event is E.CLOSED:
        tick = Field(
            name="confirmed_by_phone", label="已电话确认解决", type="tick", required=False,
            value=typed.get("confirmed_by_phone", ""),
        )  # fmt: skip
        return (tick,)
    if move.event is E.RELABELLED:
        kinds = tuple((kind.value, KIND_NAMES[kind], "") for kind in Kind)
        kinds += ((HARD, "疑难（要几个单位一起办）", ""),)
        choice = Field(
            name="kind", label="诉求类型", type="choice", required=False, value=typed.get("kind", ""),
            options=(("", "不变", ""), *kinds), hint="改类型会换成那一类的时限；换成更长的，要负责人来改",
        )  # fmt: skip
        plan = Field(
            name="note", label="说明", type="area", required=False, value=typed.get("note", ""),
            hint="按疑难办的，写明办理计划：哪天之前办到哪一步",
        )  # fmt: skip
        return (choice, plan)
    return ()


def _categories(front: Front) -> tuple[tuple[str, str, str], ...]:
    return tuple((c.id, c.name, c.level1) for c in front.directory.categories.values())


def _field(front: Front, name: str, move: Move, ticket: Ticket, now: datetime, value: str) -> Field:
    directory = front.directory
    match name:
        case "department":
            label = "建议哪个单位办" if move.event is E.RETURNED else "单位"
            units = tuple(
                (u.id, u.name, "")
                for u in directory.departments.values()
                if u.id != ticket.department
            )
            return Field(name=name, label=label, type="choice", options=units, value=value)
        case "category":
            return Field(
                name=name,
                label="类别",
                type="choice",
                options=_categories(front),
                value=value or ticket.category or "",
            )
        case "days":
            most = front.policies.extension[1]
            return Field(
                name=name, label="延几个工作日", type="number", value=value or "1", low=1, high=most,
                hint=f"最多{most}个工作日，最多{front.policies.extension[0]}次",
            )  # fmt: skip
        case "date":
            return Field(name=name, label="承诺哪天恢复办理", type="date", value=value)
        case "colour":
            colours = tuple((key, f"{word}色督办", "") for key, word in COLOUR_NAMES.items())
            return Field(name=name, label="督办颜色", type="choice", options=colours, value=value)
        case "into":
            return Field(
                name=name, label="并入哪张工单", type="text", value=value, hint="主单的单号"
            )
        case "channel":
            channels = tuple((channel, channel, "") for channel in LEGAL_CHANNELS)
            return Field(
                name=name, label="应走的渠道", type="text", value=value, options=channels,
                hint="写明去哪里、怎么找",
            )  # fmt: skip
        case "reason":
            reasons = tuple((code, words, "") for code, words in EXCLUSION_REASONS.items())
            return Field(name=name, label="剔除理由", type="choice", options=reasons, value=value)
        case _:
            label, hint = NOTE_LABELS.get(move.event, ("说明", ""))
            return Field(name="note", label=label, type="area", value=value, hint=hint)


# -- reading ------------------------------------------------------------------------------------------


def read(front: Front, move: Move, ticket: Ticket, form: Mapping[str, str], now: datetime) -> Given:
    """What the desk is given; Incomplete names the field that does not do."""
    data = {
        name: _value(front, name, form.get(name, ""), move, ticket, now)
        for name in move.needs
        if name != "note" and form.get(name)
    }
    if move.event is E.SPLIT and form.get("category"):
        data["category"] = _value(front, "category", form["category"], move, ticket, now)
    if move.event is E.CLOSED and form.get("confirmed_by_phone"):
        data["confirmed_by_phone"] = True
    if move.event is E.RELABELLED and form.get("kind") in [kind.value for kind in Kind]:
        data["kind"] = form["kind"]
        data["clock"] = ticket.clock if ticket.urgent else form["kind"]
    if move.event is E.RELABELLED and form.get("kind") == HARD:
        data["clock"] = HARD
    note = form.get("note", "")
    if move.event is E.REPLIED and BLANK in note:
        raise Incomplete(f"答复里还有没填的空（{BLANK}），请填上或删掉。")
    return Given(note=note, data=data)


def _value(front: Front, name: str, text: str, move: Move, ticket: Ticket, now: datetime) -> object:
    match name:
        case "days":
            if not (text.isascii() and text.isdigit()):
                raise Incomplete("延几个工作日请填一个数字。")
            return int(text)
        case "date":
            return _future(front, text, now)
        case "into":
            return _other_ticket(front, text.upper(), ticket)
        case "category" if text not in front.directory.categories:
            raise Incomplete("请从类别表里选一个类别。")
        case "colour" if text not in COLOUR_NAMES:
            raise Incomplete("督办颜色请选黄、橙或红。")
        case "reason" if text not in EXCLUSION_REASONS:
            raise Incomplete("剔除理由请从表里选。")
        case _:
            return text


def _future(front: Front, text: str, now: datetime) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Incomplete("日期请写成 2026-11-23 的样子。") from error
    if day <= front.calendar.local(now).date():
        raise Incomplete("承诺的日期要在今天以后。")
    return day.isoformat()


def _other_ticket(front: Front, number: str, ticket: Ticket) -> str:
    if number == ticket.number:
        raise Incomplete("不能并入自己。")
    other = front.store.tickets.find(number)
    if other is None:
        raise Incomplete(f"没有找到工单{number}，请核对单号。")
    if other.is_ended:
        raise Incomplete(f"工单{number}已经结束，不能并入。")
    return number
