"""One tap for what comes next: the buttons below a notice to a resident and below a card of the duty group."""

from bot.messages import Button
from bot.tickets import EventKind, State, Ticket


def buttons_after(ticket: Ticket, event: EventKind) -> tuple[Button, ...]:
    """One tap for what comes next."""
    number = ticket.number
    if event is EventKind.REPLIED:
        return (
            Button(text="解决了", data=f"solved:{number}"),
            Button(text="没办好", data=f"unsolved:{number}"),
        )
    if event in (EventKind.CONFIRMED, EventKind.CLOSED) and ticket.rating is None:
        return rating_buttons(number)
    if event is EventKind.FOLLOWED_UP:
        return (
            Button(text="没再犯", data=f"held:{number}"),
            Button(text="又不行了", data=f"unsolved:{number}"),
        )
    return ()


def rating_buttons(number: str) -> tuple[Button, ...]:
    names = ("很不满意", "不满意", "基本满意", "满意", "非常满意")
    return tuple(
        Button(text=name, data=f"rate:{number}:{score}")
        for score, name in reversed(list(enumerate(names, start=1)))
    )


def duty_buttons(ticket: Ticket) -> tuple[Button, ...]:
    """The duty group's taps; what they mean is decided by the move table."""
    number = ticket.number
    if ticket.state is State.DISPATCHED:
        return (
            Button(text="签收", data=f"sign:{number}"),
            Button(text="退单", data=f"return:{number}"),
        )
    if ticket.state in (State.SIGNED, State.IN_PROGRESS):
        return (
            Button(text="已联系", data=f"contact:{number}"),
            Button(text="认领", data=f"claim:{number}"),
        )
    if ticket.state is State.REPLIED:
        return (Button(text="看历史", data=f"history:{number}"),)
    return ()
