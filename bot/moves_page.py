"""The table of moves as a page and a diagram: what the code obeys is what the paper says."""

from bot.departments import Role
from bot.given import NEEDS
from bot.moves import MOVES, Move
from bot.tickets import STATE_NAMES, State

ROLE_NAMES = {
    Role.RESIDENT: "诉求人",
    Role.BOT: "机器人",
    Role.CLOCK: "时限",
    Role.AGENT: "经办人",
    Role.HEAD: "单位负责人",
    Role.SUPERVISOR: "督办员",
    Role.ADMIN: "管理员",
    Role.ASSESSOR: "评估员",
}


def page() -> str:
    """Markdown, made anew by `mashangban moves`; a test keeps docs/moves.md equal to it."""
    lines = [
        "# 工单流转表",
        "",
        "由 `mashangban moves --output docs/moves.md` 从 `bot/moves.py` 生成，不要手改。",
        "",
        "```mermaid",
        "stateDiagram-v2",
        *(f"    {state.name} : {STATE_NAMES[state]}" for state in State),
        *_arrows(),
        "```",
        "",
        "| 动作 | 事件 | 谁能做 | 从 | 到 | 必填 | 条件 | 诉求人可见 |",
        "|---|---|---|---|---|---|---|---|",
        *(_row(move) for move in MOVES),
        "",
    ]
    return "\n".join(lines)


def _arrows() -> list[str]:
    arrows = {
        f"    {origin.name} --> {move.to.name} : {move.name}"
        for move in MOVES
        if move.to is not None
        for origin in move.origin
        if origin is not move.to
    }
    return ["    [*] --> RECEIVED : 受理", *sorted(arrows)]


def _row(move: Move) -> str:
    everywhere = len(move.origin) == len(State)
    origin = (
        "任何状态" if everywhere else "、".join(STATE_NAMES[s] for s in move.origin) or "（新）"
    )
    cells = (
        move.name,
        f"`{move.event}`",
        "、".join(ROLE_NAMES[role] for role in move.who),
        origin,
        STATE_NAMES[move.to] if move.to else "不变",
        "、".join(NEEDS[need] for need in move.needs),
        "、".join(f"`{guard}`" for guard in move.guards),
        "是" if move.public else "",
    )
    return "| " + " | ".join(cells) + " |"
