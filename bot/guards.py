"""The conditions of the move table, each with the sentence the staff member reads when it says no."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.deadlines import Policies
from bot.departments import Role
from bot.errors import IllegalMove, Incomplete
from bot.given import check_given
from bot.moves import Guard, Move
from bot.pending import extension_asked, follow_up_open, pending_merge, reason_owed
from bot.replies import faults_of_reason, faults_of_reply, has_date
from bot.tickets import PAUSED, Actor, EventKind, Kind, Ticket, TicketEvent
from bot.workdays import WorkCalendar

CHIEFS = (Role.SUPERVISOR, Role.ADMIN)
HARD = "hard"  # 疑难: several units, more time, and a plan with dates
HARD_RETURN_CLOCKS = (HARD, "report")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Somebody tries a move on a ticket: all that a guard may look at."""

    move: Move
    ticket: Ticket
    events: Sequence[TicketEvent]
    actor: Actor
    now: datetime
    note: str
    data: dict[str, object]
    policies: Policies
    calendar: WorkCalendar

    def last(self, *kinds: EventKind) -> TicketEvent | None:
        return next((event for event in reversed(self.events) if event.kind in kinds), None)


def check(attempt: Attempt) -> None:
    """Refuse with IllegalMove or Incomplete, or return."""
    today = attempt.calendar.local(attempt.now).date()
    check_given(attempt.move, attempt.ticket, attempt.note, attempt.data, today)
    for guard in attempt.move.guards:
        GUARDS[guard](attempt)


def passes(attempt: Attempt) -> bool:
    """Whether the move could be made now, what has to be typed in left aside."""
    typed: tuple[Guard, ...] = (Guard.REPLY_CHECK, Guard.OWNER)
    if attempt.move.event is EventKind.REPLIED:
        typed += (Guard.REASON_GIVEN,)  # written together with the reply
    try:
        for guard in attempt.move.guards:
            if guard not in typed:
                GUARDS[guard](attempt)
    except IllegalMove:
        return False
    return True


def _no(sentence: str) -> None:
    raise IllegalMove(sentence)


def _owner(attempt: Attempt) -> None:
    if attempt.data.get("owner") is not True:
        _no("只有反映这件事的人本人能这么做。您那里的情况直接告诉我，给您另立一单。")


def _leads(attempt: Attempt) -> bool:
    actor = attempt.actor
    return actor.role in (*CHIEFS, Role.CLOCK) or actor.department == attempt.ticket.department


def _own_unit(attempt: Attempt) -> None:
    if not _leads(attempt):
        _no("这张工单由别的单位主办，您的单位不能做这一步。")


def _takes_part(attempt: Attempt) -> None:
    if not _leads(attempt) and attempt.actor.department not in attempt.ticket.co_units:
        _no("这张工单由别的单位主办，您的单位不能做这一步。")


def _return_window(attempt: Attempt) -> None:
    ticket = attempt.ticket
    if ticket.designated:
        _no("这张工单已由督办指定办理，不能再退。")
    sent = attempt.last(EventKind.DISPATCHED, EventKind.TRANSFERRED, EventKind.DESIGNATED)
    days = attempt.policies.return_days(hard=ticket.clock in HARD_RETURN_CLOCKS)
    if sent and attempt.now > attempt.calendar.add_days(sent.at, days):
        _no(f"退单要在派单后{days}个工作日内提出，现在已经过了，请办理或申请转办。")


def _under_three_returns(attempt: Attempt) -> None:
    if attempt.ticket.returns >= 3:
        _no("这张工单已经退过三次，由督办员指定单位办理。")


def _before_expiry(attempt: Attempt) -> None:
    stopped = attempt.last(EventKind.ASKED, EventKind.PARKED)
    paused = attempt.ticket.state in PAUSED and stopped is not None  # its time stands still
    until = stopped.at if paused and stopped else attempt.now
    if attempt.ticket.finish_by and until >= attempt.ticket.finish_by:
        _no("时限已到，不能再延期；新的时间已经告诉诉求人，请按它答复并说明原因。")


def _under_two_extensions(attempt: Attempt) -> None:
    times, days = attempt.policies.extension
    if attempt.ticket.extensions >= times:
        _no(f"已经延过{times}次，不能再延。")
    asked = attempt.data.get("days")
    if not isinstance(asked, int) or not 1 <= asked <= days:
        _no(f"一次最多延{days}个工作日，请填1到{days}。")
    if extension_asked(attempt.events):
        _no("已经有一个延期申请在等审批。")


def _pending(attempt: Attempt, asked: EventKind, *answered: EventKind) -> TicketEvent | None:
    last = attempt.last(asked, *answered)
    return last if last and last.kind is asked else None


def _extension_pending(attempt: Attempt) -> None:
    if not extension_asked(attempt.events):
        _no("现在没有等待审批的延期申请。")


def _later_date(attempt: Attempt) -> None:
    """Granted so late that a later date was promised meanwhile, or that the new one has passed too."""
    asked, due = extension_asked(attempt.events), attempt.ticket.finish_by
    days = attempt.data.get("days") or (asked.data.get("days") if asked else None)
    if not isinstance(days, int) or days < 1 or due is None or attempt.ticket.state in PAUSED:
        return
    told = max(attempt.now, attempt.ticket.promised_by or attempt.now)
    if attempt.calendar.add_days(due, days) <= told:
        _no("批得太晚了：延到的日子已经过去，或者不比答应诉求人的新时间晚。请按新时间答复。")


def _exclusion_pending(attempt: Attempt) -> None:
    if not _pending(attempt, EventKind.EXCLUSION_ASKED, EventKind.EXCLUSION_GRANTED):
        _no("现在没有等待审批的剔除申请。")


SECOND_OF = {
    EventKind.EXTENSION_GRANTED: EventKind.EXTENSION_ASKED,
    EventKind.EXTENSION_REFUSED: EventKind.EXTENSION_ASKED,
    EventKind.EXCLUSION_GRANTED: EventKind.EXCLUSION_ASKED,
    EventKind.CLOSED: EventKind.REPLIED,
}


def _second_person(attempt: Attempt) -> None:
    first = attempt.last(SECOND_OF[attempt.move.event])
    if first and first.actor.id == attempt.actor.id:
        _no("这一步要由另一个人来做：自己不能审批自己。")


def _not_claimed_by_other(attempt: Attempt) -> None:
    holder = attempt.ticket.claimed_by
    if holder is not None and holder != attempt.actor.id:
        _no("另一位同事已认领、正在办理；请先和他说一声，或由负责人释放。")


def _handler_if_secret(attempt: Attempt) -> None:
    if attempt.ticket.confidential and attempt.actor.id != attempt.ticket.handler:
        _no("举报和匿名的工单，只有经办人本人能看身份。")


def _claim_holder(attempt: Attempt) -> None:
    if attempt.ticket.claimed_by is None:
        _no("这张工单没有人认领。")
    if attempt.ticket.claimed_by != attempt.actor.id and attempt.actor.role is Role.AGENT:
        _no("只有认领人或负责人能释放。")


def _reason_owed(attempt: Attempt) -> None:
    if not reason_owed(attempt.events):
        _no("这张工单现在不欠原因：没有超时，或者已经告诉诉求人了；要答复他，请直接写答复。")
    if attempt.note and (faults := faults_of_reason(attempt.note)):
        raise Incomplete("原因还不能发出：" + "；".join(fault.sentence for fault in faults))


def _reason_given(attempt: Attempt) -> None:
    if reason_owed(attempt.events):
        _no(
            "这张工单过了答应的时间，诉求人还没听到原因。请先“说明超时原因”，再做这一步；"
            "在值班群里，回复卡片“原因：……”。"
        )


def _reply_check(attempt: Attempt) -> None:
    if attempt.ticket.kind in (Kind.CONSULTATION, Kind.PRAISE):
        return
    faults = faults_of_reply(attempt.note)
    if faults:
        raise Incomplete("答复还不能发出：" + "；".join(fault.sentence for fault in faults))


def _still_silent(attempt: Attempt) -> None:
    ticket = attempt.ticket
    if attempt.data.get("confirmed_by_phone") is True:
        return
    waited = timedelta(days=attempt.policies.silence_days)
    if ticket.replied_at and attempt.now < ticket.replied_at + waited:
        _no(
            f"诉求人还没确认。答复满{attempt.policies.silence_days}天仍没有回音，或已电话确认并写明经过，才能办结。"
        )


def _feedback_window(attempt: Attempt) -> None:
    closed = attempt.ticket.closed_at
    if closed and attempt.now > closed + timedelta(days=attempt.policies.feedback_days):
        _no("办结已经很久了，请把现在的情况作为新诉求告诉我们。")


def _not_yet_rated(attempt: Attempt) -> None:
    if attempt.ticket.rating is not None:
        _no("您已经评价过了，谢谢。")
    if attempt.data.get("rating") not in (1, 2, 3, 4, 5):
        _no("评价请选1到5。")


def _merge_pending(attempt: Attempt) -> None:
    if pending_merge(attempt.events) is None:
        _no("现在没有等待决定的并单建议。")


def _never_refused(attempt: Attempt) -> None:
    proposed = ""
    for event in attempt.events:
        if event.kind is EventKind.MERGE_PROPOSED:
            proposed = str(event.data["into"])
        elif event.kind is EventKind.MERGE_REFUSED and proposed == attempt.data.get("into"):
            _no(f"已经有人看过，和{proposed}不是同一件事。")


def _follow_up_open(attempt: Attempt) -> None:
    if not follow_up_open(attempt.events):
        _no("已经记下您的回访意见了，谢谢。")


def _kept_if_designated(attempt: Attempt) -> None:
    if attempt.ticket.designated and attempt.actor.role not in CHIEFS:
        _no("这张工单已由督办指定办理，要转给别的单位，请找督办员。")


def _no_longer_clock(attempt: Attempt) -> None:
    new, policies = str(attempt.data.get("clock") or ""), attempt.policies
    if new in ("", attempt.ticket.clock):
        return
    now = attempt.now
    due = [
        policies.policy(n).finish.due(now, attempt.calendar) for n in (attempt.ticket.clock, new)
    ]
    if due[1] > due[0] and attempt.actor.role is Role.AGENT:
        _no("换成时限更长的类型，要由单位负责人或督办员来改。")
    if new == HARD and not has_date(attempt.note):
        raise Incomplete("按疑难办要写明办理计划，哪天之前办到哪一步。")


def _stays_secret(attempt: Attempt) -> None:
    """Another type would show the reporter to the whole unit; the handler knows him already."""
    new = attempt.data.get("kind")
    if attempt.ticket.kind is not Kind.REPORT or new in (None, "", Kind.REPORT):
        return
    if attempt.actor.id != attempt.ticket.handler:
        _no("举报要改成别的类型，只有经办人能改。")


GUARDS: dict[Guard, Callable[[Attempt], None]] = {
    Guard.OWNER: _owner,
    Guard.OWN_UNIT: _own_unit,
    Guard.TAKES_PART: _takes_part,
    Guard.RETURN_WINDOW: _return_window,
    Guard.UNDER_THREE_RETURNS: _under_three_returns,
    Guard.BEFORE_EXPIRY: _before_expiry,
    Guard.UNDER_TWO_EXTENSIONS: _under_two_extensions,
    Guard.LATER_DATE: _later_date,
    Guard.SECOND_PERSON: _second_person,
    Guard.EXTENSION_PENDING: _extension_pending,
    Guard.EXCLUSION_PENDING: _exclusion_pending,
    Guard.NOT_CLAIMED_BY_OTHER: _not_claimed_by_other,
    Guard.HANDLER_IF_SECRET: _handler_if_secret,
    Guard.CLAIM_HOLDER: _claim_holder,
    Guard.REASON_OWED: _reason_owed,
    Guard.REASON_GIVEN: _reason_given,
    Guard.REPLY_CHECK: _reply_check,
    Guard.STILL_SILENT: _still_silent,
    Guard.FEEDBACK_WINDOW: _feedback_window,
    Guard.NOT_YET_RATED: _not_yet_rated,
    Guard.KEPT_IF_DESIGNATED: _kept_if_designated,
    Guard.NO_LONGER_CLOCK: _no_longer_clock,
    Guard.STAYS_SECRET: _stays_secret,
    Guard.MERGE_PENDING: _merge_pending,
    Guard.NEVER_REFUSED: _never_refused,
    Guard.FOLLOW_UP_OPEN: _follow_up_open,
}
