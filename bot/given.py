"""What a move has to be given, and whether what was given will do; each refusal is a sentence for the page."""

from collections.abc import Mapping
from datetime import date

from bot.errors import IllegalMove, Incomplete
from bot.moves import Move
from bot.tickets import EventKind, Ticket

COLOURS = ("yellow", "orange", "red")
NEEDS = {
    "note": "说明",
    "department": "单位",
    "category": "类别",
    "days": "延几个工作日",
    "date": "承诺日期",
    "colour": "督办颜色（黄、橙、红）",
    "into": "并入哪张工单",
    "channel": "应走的渠道",
    "reason": "剔除理由",
    "rating": "评分",
    "held": "有没有再犯",
}

OWN_UNIT_IS_NO_ANSWER = {
    EventKind.RETURNED: "退单要写应该由哪个别的单位办，不能退给自己单位。",
    # it would begin the time to sign and the days to return anew
    EventKind.TRANSFERRED: "这张工单已经在这个单位，不用转。",
    EventKind.CO_UNIT_ADDED: "这个单位就是主办单位，不用加。",
}


def check_given(
    move: Move, ticket: Ticket, note: str, data: Mapping[str, object], today: date
) -> None:
    """Refuse with Incomplete or IllegalMove, or return."""
    for need in move.needs:
        value = note.strip() if need == "note" else data.get(need)
        if value in (None, ""):
            raise Incomplete(f"“{move.name}”还缺一项：{NEEDS[need]}。")
    if "colour" in move.needs and data["colour"] not in COLOURS:
        raise Incomplete("督办颜色请选黄、橙或红。")
    if "date" in move.needs and _day(data["date"]) <= today:
        raise Incomplete("承诺的日期要在今天以后。")
    if move.event in OWN_UNIT_IS_NO_ANSWER and data["department"] == ticket.department:
        raise IllegalMove(OWN_UNIT_IS_NO_ANSWER[move.event])
    if move.event is EventKind.CO_UNIT_ADDED and data["department"] in ticket.co_units:
        raise IllegalMove("这个单位已经在协办了。")


def _day(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Incomplete("日期请写成 2026-11-23 的样子。") from None
