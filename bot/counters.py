"""What this process has done, for /metrics: counted where it happens, whichever door it came by."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter

from bot.messages import Reply

REGISTRY = CollectorRegistry()
MESSAGES = Counter(
    "mashangban_messages",
    "Messages of residents taken in by this process",
    ["channel"],
    registry=REGISTRY,
)
REPLIES = Counter(
    "mashangban_replies", "Replies of the bot by what they did", ["route"], registry=REGISTRY
)


def count_turn(channel: str, replies: Iterable[Reply]) -> None:
    """One message and what came of it."""
    MESSAGES.labels(channel).inc()
    for reply in replies:
        REPLIES.labels(route_of(reply)).inc()


def route_of(reply: Reply) -> str:
    """What a reply did, read from the reply itself: answer, ticket, clarify, form or talk."""
    data = [button.data for button in reply.buttons]
    if reply.card is not None:
        return "answer"
    if reply.ticket is not None:
        return "ticket"
    if any(item.startswith("pick:") for item in data):
        return "clarify"
    return "form" if "cancel" in data else "talk"
