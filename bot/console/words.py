"""Names and small wordings of the staff's pages."""

from datetime import datetime

from markupsafe import Markup, escape

from bot.departments import Role
from bot.tickets import State
from bot.workdays import WorkCalendar

ROLE_NAMES = {
    Role.RESIDENT: "诉求人",
    Role.BOT: "机器人",
    Role.CLOCK: "时限",
    Role.AGENT: "经办人",
    Role.HEAD: "单位负责人",
    Role.SUPERVISOR: "督办员",
    Role.ADMIN: "管理员",
    Role.ASSESSOR: "第三方评估员",
}

STATE_WORDS = {  # as staff say them; notices.STATE_NAMES speaks to the resident
    State.RECEIVED: "待派单",
    State.DISPATCHED: "待签收",
    State.SIGNED: "已签收",
    State.IN_PROGRESS: "办理中",
    State.AWAITING: "等诉求人补充",
    State.PARKED: "挂账",
    State.REPLIED: "已答复待确认",
    State.CLOSED: "已办结",
    State.ARCHIVED: "已归档",
    State.WITHDRAWN: "已撤回",
    State.MERGED: "已并单",
    State.REDIRECTED: "转法定渠道",
    State.DECLINED: "不予受理",
}

CHANNEL_NAMES = {"web": "网页", "telegram": "Telegram", "terminal": "终端", "api": "接口"}


def day_and_time(
    calendar: WorkCalendar, moment: datetime | None, now: datetime | None = None
) -> str:
    """11月27日 周五 17:00; today and tomorrow by name when `now` is given; the year when it is another."""
    if moment is None:
        return "—"
    local = calendar.local(moment)
    day = f"{local.month}月{local.day}日 周{'一二三四五六日'[local.weekday()]}"
    if now is not None:
        today = calendar.local(now).date()
        apart = (local.date() - today).days
        day = {-1: "昨天", 0: "今天", 1: "明天"}.get(apart, day)
        if local.year != today.year:
            day = f"{local.year}年{day}"
    return f"{day} {local:%H:%M}"


def paragraphs(text: str) -> Markup:
    """Plain text with its line breaks kept; everything else escaped."""
    return Markup("<br>").join(escape(line) for line in text.strip().split("\n"))
