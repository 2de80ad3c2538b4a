"""A ticket (工单) and what happened to it. Words only: moves.py says what may follow what."""

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

from bot.departments import Role
from bot.messages import Attachment, Chat, Location, aware


class Kind(StrEnum):
    """Request types (诉求类型) of the national rule, each with its own clock."""

    CONSULTATION = "consultation"  # 咨询
    HELP = "help"  # 求助
    COMPLAINT = "complaint"  # 投诉
    REPORT = "report"  # 举报: identity hidden from all but the handler
    SUGGESTION = "suggestion"  # 建议
    PRAISE = "praise"  # 表扬


class State(StrEnum):
    """Few states, each with a sentence for the resident (notices.STATE_NAMES)."""

    RECEIVED = "received"  # 已受理
    DISPATCHED = "dispatched"  # 已派单（待签收）
    SIGNED = "signed"  # 已签收
    IN_PROGRESS = "in_progress"  # 办理中
    AWAITING = "awaiting"  # 待补充（等诉求人）
    PARKED = "parked"  # 挂账（有承诺日期）
    REPLIED = "replied"  # 已答复（待诉求人确认）
    CLOSED = "closed"  # 已办结
    ARCHIVED = "archived"  # 已归档
    WITHDRAWN = "withdrawn"  # 已撤回
    MERGED = "merged"  # 已并单
    REDIRECTED = "redirected"  # 转法定渠道
    DECLINED = "declined"  # 不予受理


STATE_NAMES = {
    State.RECEIVED: "已受理",
    State.DISPATCHED: "已派单，等签收",
    State.SIGNED: "已签收",
    State.IN_PROGRESS: "办理中",
    State.AWAITING: "等您补充",
    State.PARKED: "挂账，有承诺日期",
    State.REPLIED: "已答复，等您确认",
    State.CLOSED: "已办结",
    State.ARCHIVED: "已归档",
    State.WITHDRAWN: "已撤回",
    State.MERGED: "已并单",
    State.REDIRECTED: "已转法定渠道",
    State.DECLINED: "不予受理",
}
KIND_NAMES = {
    Kind.CONSULTATION: "咨询",
    Kind.HELP: "求助",
    Kind.COMPLAINT: "投诉",
    Kind.REPORT: "举报",
    Kind.SUGGESTION: "建议",
    Kind.PRAISE: "表扬",
}

WORKING = (State.RECEIVED, State.DISPATCHED, State.SIGNED, State.IN_PROGRESS)
PAUSED = (State.AWAITING, State.PARKED)
OPEN = (*WORKING, *PAUSED)
ENDED = (
    State.CLOSED,
    State.ARCHIVED,
    State.WITHDRAWN,
    State.MERGED,
    State.REDIRECTED,
    State.DECLINED,
)


class EventKind(StrEnum):
    """Everything that can happen to a ticket; moves.py has a row for each."""

    FILED = "filed"  # 登记受理
    DISPATCHED = "dispatched"  # 派单
    SIGNED = "signed"  # 签收
    CONTACTED = "contacted"  # 首次联系
    RETURNED = "returned"  # 退单
    DESIGNATED = "designated"  # 指定办理
    TRANSFERRED = "transferred"  # 转办
    HANDED_ON = "handed_on"  # 换人
    RELABELLED = "relabelled"  # 改类别
    CO_UNIT_ADDED = "co_unit_added"  # 协办
    CLAIMED = "claimed"  # 认领
    RELEASED = "released"  # 释放
    NOTED = "noted"  # 内部备注
    ASKED = "asked"  # 请诉求人补充
    ASKED_AGAIN = "asked_again"  # 提醒诉求人补充
    ANSWERED = "answered"  # 诉求人已补充
    SUPPLEMENTED = "supplemented"  # 补充材料
    REMINDED = "reminded"  # 诉求人催办
    EXTENSION_ASKED = "extension_asked"  # 申请延期
    EXTENSION_GRANTED = "extension_granted"  # 批准延期
    EXTENSION_REFUSED = "extension_refused"  # 不同意延期
    PARKED = "parked"  # 挂账
    RESUMED = "resumed"  # 恢复办理
    SUPERVISED = "supervised"  # 督办（黄、橙、红）
    ESCALATED = "escalated"  # 提级办理
    RAISED = "raised"  # 多人同诉，换更短的时限
    WARNED = "warned"  # 时限预警
    LAST_CALL = "last_call"  # 到期前提醒
    BREACHED = "breached"  # 超时限
    EXPLAINED = "explained"  # 说明超时原因
    REPLIED = "replied"  # 答复
    CONFIRMED = "confirmed"  # 诉求人确认解决
    DISPUTED = "disputed"  # 诉求人表示没办好
    REOPENED = "reopened"  # 重办
    CLOSED = "closed"  # 办结
    RATED = "rated"  # 评价
    FOLLOWED_UP = "followed_up"  # 一周后回访
    HELD_OR_NOT = "held_or_not"  # 回访结果：管住了，还是又犯了
    ARCHIVED = "archived"  # 归档
    WITHDRAWN = "withdrawn"  # 撤回
    MERGE_PROPOSED = "merge_proposed"  # 建议并单
    MERGE_REFUSED = "merge_refused"  # 不并单
    MERGED = "merged"  # 并单
    JOINED = "joined"  # 同诉求加入
    SPLIT = "split"  # 拆单
    REDIRECTED = "redirected"  # 转法定渠道
    DECLINED = "declined"  # 不予受理
    UNMASKED = "unmasked"  # 查看身份
    EXCLUSION_ASKED = "exclusion_asked"  # 申请剔除
    EXCLUSION_GRANTED = "exclusion_granted"  # 同意剔除
    ANONYMISED = "anonymised"  # 个人信息已删除
    UNDELIVERED = "undelivered"  # 送达失败


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did it. `id` is the staff member's; `name` is what the history shows."""

    role: Role
    id: int | None = None
    name: str = ""
    department: str | None = None


RESIDENT = Actor(role=Role.RESIDENT, name="诉求人")
BOT = Actor(role=Role.BOT, name="马上办")
CLOCK = Actor(role=Role.CLOCK, name="时限")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The present state of one matter. What happened is in its events; deadlines are counted from them."""

    number: str
    kind: Kind
    state: State
    chat: Chat | None
    subject: str
    detail: str
    filed_at: datetime
    clock: str
    category: str | None = None
    urgent: str | None = None
    location: str | None = None
    spot: Location | None = None
    contact: str | None = None
    anonymous: bool = False
    department: str | None = None
    co_units: tuple[str, ...] = ()
    handler: int | None = None
    checker: int | None = None
    claimed_by: int | None = None
    level: int = 0  # 0 handler, 1 unit head, 2 supervisor: how far up it has gone
    colour: str | None = None  # supervision: yellow, orange, red
    returns: int = 0
    designated: bool = False
    extensions: int = 0
    reminders: int = 0
    followers: int = 0
    reopenings: int = 0
    merged_into: str | None = None
    sign_by: datetime | None = None
    contact_by: datetime | None = None
    finish_by: datetime | None = None
    first_finish_by: datetime | None = None  # as promised at filing; extensions do not touch it
    promised_by: datetime | None = (
        None  # the new date told when the time was over, while it is owed
    )
    next_alarm_at: datetime | None = None
    park_until: date | None = None
    replied_at: datetime | None = None
    closed_at: datetime | None = None
    solved: bool | None = None  # what the resident said; silence is None
    rating: int | None = None
    excluded: str | None = None  # reason code, once a second person agreed
    secret: str = ""  # lets an anonymous resident read the ticket from another device
    audience: str = "citizen"
    version: int = 0  # counts changes: two people cannot change one ticket at once

    def __post_init__(self) -> None:
        aware(self.filed_at, "filed_at")

    @property
    def is_open(self) -> bool:
        """Somebody still owes something: everything but the ended states and a reply that waits."""
        return self.state in OPEN

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED

    @property
    def answer_by(self) -> datetime | None:
        """The date a resident is told: a new one once the first has passed."""
        return self.promised_by or self.finish_by

    def is_overdue(self, now: datetime) -> bool:
        """Past its deadline; while the clock stands still nothing is late."""
        return self.state in WORKING and self.finish_by is not None and self.finish_by < now

    @property
    def confidential(self) -> bool:
        """举报 and anonymous tickets: only the handler may unmask."""
        return self.kind is Kind.REPORT or self.anonymous


_FIELDS = tuple(each.name for each in fields(Ticket))
_values = attrgetter(*_FIELDS)
_put = tuple(getattr(Ticket, name).__set__ for name in _FIELDS)


def changed(ticket: Ticket, **changes: Any) -> Ticket:
    """As dataclasses.replace, in a third of its time: every move comes by here twice, with forty fields."""
    copy = object.__new__(Ticket)
    for put, value in zip(_put, _values(ticket), strict=True):
        put(copy, value)
    for name, value in changes.items():
        object.__setattr__(copy, name, value)
    copy.__post_init__()
    return copy


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketEvent:
    """Something that happened; only ever added. `data` holds what the move carried (JSON values)."""

    number: str
    kind: EventKind
    actor: Actor
    at: datetime
    note: str = ""  # what the actor wrote
    data: dict[str, object] = field(default_factory=dict)
    public: bool = False  # the resident sees it on the timeline
    told: str = ""  # the words sent to the resident, if any
    seq: int = 0  # 1, 2, 3 … within the ticket
    previous: str = ""  # hash of the event before
    hash: str = ""
    attachments: tuple[Attachment, ...] = ()

    def __post_init__(self) -> None:
        aware(self.at, "at")
