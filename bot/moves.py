"""The one table of moves: who may, from where, to where, what must be given, and what the resident hears.

The desk obeys it, the console draws its buttons from it, the tests walk it row by row, and
`python -m bot moves` prints it as a page and a diagram. A move that is not here does not exist.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.departments import Role
from bot.tickets import ENDED, OPEN, PAUSED, STATE_NAMES, WORKING, EventKind, State, Ticket

RESIDENT, BOT, CLOCK = Role.RESIDENT, Role.BOT, Role.CLOCK
AGENT, HEAD, SUPERVISOR, ADMIN = Role.AGENT, Role.HEAD, Role.SUPERVISOR, Role.ADMIN
UNIT = (AGENT, HEAD)
STAFF = (AGENT, HEAD, SUPERVISOR, ADMIN)
CHIEFS = (SUPERVISOR, ADMIN)
E = EventKind
S = State


class Guard(StrEnum):
    """Conditions beyond role and state; guards.py decides them, each with a sentence for the page."""

    OWNER = "owner"  # only the resident whose ticket it is
    OWN_UNIT = "own_unit"  # the actor's unit is the lead unit (supervisors pass)
    TAKES_PART = "takes_part"  # the lead unit or a co-unit (supervisors pass)
    RETURN_WINDOW = (
        "return_window"  # within one working day of dispatch (two for hard tickets), not designated
    )
    UNDER_THREE_RETURNS = "under_three_returns"  # the third return goes to a supervisor
    BEFORE_EXPIRY = "before_expiry"  # an extension is asked for before the deadline
    LATER_DATE = "later_date"  # what is granted must be later than what the resident was told since
    UNDER_TWO_EXTENSIONS = "under_two_extensions"
    SECOND_PERSON = "second_person"  # not the one who asked or handled
    EXTENSION_PENDING = "extension_pending"
    EXCLUSION_PENDING = "exclusion_pending"
    NOT_CLAIMED_BY_OTHER = "not_claimed_by_other"
    HANDLER_IF_SECRET = "handler_if_secret"  # 举报 and anonymous tickets: the handler alone
    CLAIM_HOLDER = "claim_holder"  # the holder, or a head or supervisor
    REASON_OWED = "reason_owed"  # a promised date was missed and nobody has said why
    REASON_GIVEN = "reason_given"  # … and until somebody has, there is no reply and no pause
    REPLY_CHECK = "reply_check"  # replies.py: seven parts, no vague words
    STILL_SILENT = "still_silent"  # staff may close only when asked twice and the window has passed, or confirmed by phone
    FEEDBACK_WINDOW = "feedback_window"
    NOT_YET_RATED = "not_yet_rated"
    KEPT_IF_DESIGNATED = (
        "kept_if_designated"  # only supervisors take it from the unit they designated
    )
    NO_LONGER_CLOCK = (
        "no_longer_clock"  # a handler does not give himself more time; 疑难 wants a dated plan
    )
    STAYS_SECRET = "stays_secret"  # only the handler makes a 举报 something else
    MERGE_PENDING = "merge_pending"
    NEVER_REFUSED = "never_refused"  # what staff refused to merge is not proposed again
    FOLLOW_UP_OPEN = "follow_up_open"  # the weekly question was asked and not answered yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A row of the table. `to` None: the state stays. `needs`: keys that must be given. `says`: wording key told to the resident."""

    event: EventKind
    name: str
    who: tuple[Role, ...]
    origin: tuple[State, ...]
    to: State | None = None
    needs: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()
    public: bool = False
    says: str | None = None


def _row(
    event: EventKind,
    name: str,
    who: tuple[Role, ...],
    origin: tuple[State, ...],
    to: State | None = None,
    **more: object,
) -> Move:
    return Move(event=event, name=name, who=who, origin=origin, to=to, **more)  # type: ignore[arg-type]


_LIVE = (*OPEN, S.REPLIED)
_HANDLING = (S.SIGNED, S.IN_PROGRESS)
_MINE = (Guard.OWN_UNIT, Guard.NOT_CLAIMED_BY_OTHER)
_OURS = (Guard.TAKES_PART, Guard.NOT_CLAIMED_BY_OTHER)  # 协办: works along, the lead unit answers

# A row a move: the table is to be read as a table.
# fmt: off
MOVES: tuple[Move, ...] = (
    # 受理 派单 签收
    _row(E.FILED, "受理", (BOT, *STAFF), (), S.RECEIVED, public=True, says="receipt"),
    _row(E.DISPATCHED, "派单", (BOT, CLOCK, *CHIEFS), (S.RECEIVED,), S.DISPATCHED, needs=("department",), public=True, says="dispatched"),
    _row(E.SIGNED, "签收", STAFF, (S.DISPATCHED,), S.SIGNED, guards=(Guard.OWN_UNIT,), public=True, says="signed"),
    _row(E.CONTACTED, "已联系诉求人", STAFF, (S.SIGNED,), S.IN_PROGRESS, guards=_OURS, public=True),
    _row(E.CONTACTED, "再次联系诉求人", STAFF, (S.IN_PROGRESS,), guards=_OURS, public=True),
    # 退单 转办 协办
    _row(E.RETURNED, "退单", UNIT, (S.DISPATCHED, S.SIGNED), S.RECEIVED,
         needs=("note", "department"), guards=(Guard.OWN_UNIT, Guard.RETURN_WINDOW, Guard.UNDER_THREE_RETURNS)),
    _row(E.DESIGNATED, "指定办理（不得再退）", CHIEFS, (S.RECEIVED, S.DISPATCHED, S.SIGNED), S.DISPATCHED, needs=("department", "note"),
         public=True, says="designated"),
    _row(E.TRANSFERRED, "转办", (HEAD, *CHIEFS), WORKING, S.DISPATCHED,
         needs=("department", "note"), guards=(Guard.OWN_UNIT, Guard.KEPT_IF_DESIGNATED), public=True, says="transferred"),
    _row(E.HANDED_ON, "换经办人", (CLOCK, HEAD, *CHIEFS), _LIVE, guards=(Guard.OWN_UNIT,), public=True, says="handed_on"),
    _row(E.RELABELLED, "改类别", STAFF, _LIVE, needs=("category",),
         guards=(Guard.OWN_UNIT, Guard.NO_LONGER_CLOCK, Guard.STAYS_SECRET), says="relabelled"),
    _row(E.CO_UNIT_ADDED, "加协办单位", (HEAD, *CHIEFS), OPEN, needs=("department",), guards=(Guard.OWN_UNIT,),
         public=True, says="co_unit"),
    # 认领 备注 身份
    _row(E.CLAIMED, "认领", STAFF, _LIVE, guards=_OURS),
    _row(E.RELEASED, "释放", STAFF, _LIVE, guards=(Guard.CLAIM_HOLDER,)),
    _row(E.RELEASED, "认领到时释放", (CLOCK,), _LIVE),
    _row(E.NOTED, "内部备注", STAFF, tuple(S), needs=("note",)),
    _row(E.UNMASKED, "查看身份", STAFF, tuple(S), needs=("note",), guards=(Guard.TAKES_PART, Guard.HANDLER_IF_SECRET), public=True),
    # 问诉求人 补充 催办
    _row(E.ASKED, "请诉求人补充", STAFF, _HANDLING, S.AWAITING,
         needs=("note",), guards=(*_OURS, Guard.REASON_GIVEN), public=True, says="asked"),
    _row(E.ASKED_AGAIN, "提醒诉求人补充", (CLOCK,), (S.AWAITING,), public=True, says="asked_again"),
    _row(E.ANSWERED, "诉求人已补充", (RESIDENT,), (S.AWAITING,), S.IN_PROGRESS, guards=(Guard.OWNER,), public=True),
    _row(E.ANSWERED, "代诉求人补充", STAFF, (S.AWAITING,), S.IN_PROGRESS, needs=("note",), guards=(Guard.TAKES_PART,), public=True, says="resumed"),
    _row(E.SUPPLEMENTED, "补充", (RESIDENT,), _LIVE, guards=(Guard.OWNER,), public=True),
    _row(E.REMINDED, "催办", (RESIDENT,), OPEN, guards=(Guard.OWNER,), public=True),
    # 延期 挂账
    _row(E.EXTENSION_ASKED, "申请延期", UNIT, (*_HANDLING, S.AWAITING),
         needs=("note", "days"), guards=(Guard.OWN_UNIT, Guard.BEFORE_EXPIRY, Guard.UNDER_TWO_EXTENSIONS)),
    _row(E.EXTENSION_GRANTED, "同意延期", (HEAD, *CHIEFS), OPEN,
         guards=(Guard.OWN_UNIT, Guard.EXTENSION_PENDING, Guard.LATER_DATE, Guard.SECOND_PERSON), public=True, says="extended"),
    _row(E.EXTENSION_REFUSED, "不同意延期", (HEAD, *CHIEFS), OPEN,
         needs=("note",), guards=(Guard.OWN_UNIT, Guard.EXTENSION_PENDING, Guard.SECOND_PERSON)),
    _row(E.PARKED, "挂账", CHIEFS, WORKING, S.PARKED, needs=("note", "date"), public=True, says="parked"),
    _row(E.RESUMED, "恢复办理", CHIEFS, PAUSED, S.IN_PROGRESS, public=True, says="resumed"),
    _row(E.RESUMED, "到承诺日恢复办理", (CLOCK,), (S.PARKED,), S.IN_PROGRESS, public=True, says="resumed"),
    _row(E.RESUMED, "未等到补充，恢复办理", (CLOCK,), (S.AWAITING,), S.IN_PROGRESS, public=True, says="resumed_unanswered"),
    # 督办 提级 时限
    _row(E.SUPERVISED, "督办", CHIEFS, _LIVE, needs=("colour", "note"), public=True, says="supervised"),
    _row(E.ESCALATED, "提级办理", (CLOCK, HEAD, *CHIEFS), _LIVE, needs=("note",), guards=(Guard.OWN_UNIT,), public=True),
    _row(E.RAISED, "多人同诉，提级", (CLOCK,), OPEN, needs=("note",), public=True, says="raised"),
    _row(E.WARNED, "时限预警", (CLOCK,), OPEN),
    _row(E.LAST_CALL, "到期前提醒", (CLOCK,), OPEN, public=True, says="last_call"),
    _row(E.BREACHED, "超时限", (CLOCK,), OPEN, public=True, says="breached"),
    _row(E.EXPLAINED, "说明超时原因", STAFF, OPEN, needs=("note",), guards=(Guard.OWN_UNIT, Guard.REASON_OWED), public=True, says="explained"),
    # 答复 确认 重办 办结
    _row(E.REPLIED, "答复", STAFF, _HANDLING, S.REPLIED,
         needs=("note",), guards=(*_MINE, Guard.REASON_GIVEN, Guard.REPLY_CHECK), public=True, says="replied"),
    _row(E.REPLIED, "补充答复", STAFF, (S.REPLIED,), needs=("note",), guards=(*_MINE, Guard.REPLY_CHECK), public=True, says="replied"),
    _row(E.CONFIRMED, "诉求人确认解决", (RESIDENT,), (S.REPLIED,), S.CLOSED, guards=(Guard.OWNER,), public=True, says="closed"),
    _row(E.DISPUTED, "诉求人表示没办好", (RESIDENT,), (S.REPLIED, S.CLOSED), guards=(Guard.OWNER, Guard.FEEDBACK_WINDOW), public=True),
    _row(E.REOPENED, "重办", (RESIDENT,), (S.REPLIED, S.CLOSED), S.IN_PROGRESS,
         guards=(Guard.OWNER, Guard.FEEDBACK_WINDOW), public=True, says="reopened"),
    _row(E.REOPENED, "核查退回重办", (HEAD, *CHIEFS), (S.REPLIED, S.CLOSED), S.IN_PROGRESS,
         needs=("note",), guards=(Guard.OWN_UNIT,), public=True, says="reopened"),
    _row(E.CLOSED, "办结", (HEAD, *CHIEFS), (S.REPLIED,), S.CLOSED,
         needs=("note",), guards=(Guard.OWN_UNIT, Guard.SECOND_PERSON, Guard.STILL_SILENT), public=True, says="closed_silent"),
    _row(E.RATED, "评价", (RESIDENT,), (S.CLOSED, S.ARCHIVED), needs=("rating",), guards=(Guard.OWNER, Guard.NOT_YET_RATED)),
    _row(E.FOLLOWED_UP, "一周后回访", (CLOCK,), (S.CLOSED,), says="followed_up"),
    _row(E.HELD_OR_NOT, "回访结果", (RESIDENT,), (S.CLOSED, S.ARCHIVED), needs=("held",), guards=(Guard.OWNER, Guard.FOLLOW_UP_OPEN)),
    _row(E.ARCHIVED, "归档", (CLOCK, *CHIEFS), (S.CLOSED,), S.ARCHIVED),
    # 撤回 并单 拆单 分类处理
    _row(E.WITHDRAWN, "撤回", (RESIDENT,), _LIVE, S.WITHDRAWN, guards=(Guard.OWNER,), public=True, says="withdrawn"),
    _row(E.MERGE_PROPOSED, "建议并单", (BOT, *STAFF), OPEN, needs=("into",), guards=(Guard.NEVER_REFUSED,)),
    _row(E.MERGE_REFUSED, "不是同一件事", STAFF, OPEN, guards=(Guard.OWN_UNIT, Guard.MERGE_PENDING)),
    _row(E.MERGED, "并单", (HEAD, *CHIEFS), OPEN, S.MERGED, needs=("into",), guards=(Guard.OWN_UNIT,), public=True, says="merged"),
    _row(E.JOINED, "同诉求加入", (RESIDENT,), OPEN),
    _row(E.SPLIT, "拆单", (HEAD, *CHIEFS), WORKING, needs=("note",), guards=(Guard.OWN_UNIT,), public=True),
    _row(E.REDIRECTED, "转法定渠道", (HEAD, *CHIEFS), WORKING, S.REDIRECTED,
         needs=("note", "channel"), guards=(Guard.OWN_UNIT,), public=True, says="redirected"),
    _row(E.DECLINED, "不予受理", (HEAD, *CHIEFS), WORKING, S.DECLINED,
         needs=("note", "channel"), guards=(Guard.OWN_UNIT,), public=True, says="declined"),
    # 考核剔除 个人信息 送达
    _row(E.EXCLUSION_ASKED, "申请剔除", (HEAD, SUPERVISOR), (S.REPLIED, *ENDED), needs=("reason", "note"), guards=(Guard.OWN_UNIT,)),
    _row(E.EXCLUSION_GRANTED, "同意剔除", CHIEFS, (S.REPLIED, *ENDED), guards=(Guard.EXCLUSION_PENDING, Guard.SECOND_PERSON)),
    _row(E.ANONYMISED, "删除个人信息", (RESIDENT, CLOCK, ADMIN), tuple(S)),
    _row(E.UNDELIVERED, "送达失败", (CLOCK,), tuple(S)),
)
# fmt: on


def moves_for(role: Role, state: State) -> tuple[Move, ...]:
    """What this role may try from this state; guards may still refuse."""
    return tuple(move for move in MOVES if role in move.who and state in move.origin)


def find_move(event: EventKind, role: Role, state: State) -> Move | None:
    """The row for a ticket that is there: one that begins a ticket never moves it back to its beginning."""
    for move in MOVES:
        if move.event is event and role in move.who and state in move.origin:
            return move
    return None


def why_not(event: EventKind, role: Role, ticket: Ticket) -> str:
    """For the staff member: whose step this is, or from where it can be taken. For the resident plainly."""
    if role is RESIDENT:
        return f"工单{ticket.number}现在是“{STATE_NAMES[ticket.state]}”，这一步用不着了。想看进展，发单号就行。"
    rows = [move for move in MOVES if move.event is event]
    if not any(role in move.who for move in rows):
        return f"您的角色不能做“{rows[0].name}”。"
    return f"工单{ticket.number}现在是“{STATE_NAMES[ticket.state]}”，不能“{rows[0].name}”。"


def name_of(event: EventKind) -> str:
    """The trade's word for what happened."""
    return next((move.name for move in MOVES if move.event is event), event.value)
