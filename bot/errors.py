"""Every exception of ours, drawn as a tree. Each docstring says who will read the message.

BotError
├── ConfigError                 the operator: which file, which line, what to do
├── TicketError
│   ├── TicketNotFound
│   ├── IllegalMove             the staff member, on the page
│   └── Incomplete              the staff member: a field of the move is missing or refused
├── NotAllowed                  the person who asked: this role may not do this
├── StoreError                  the log; the cause is chained
│   ├── AlreadyHappened         the clock: another process was faster, nothing is left to do
│   ├── Conflict                `whole` (bot/store): it was all undone, and is done again
│   └── StoreFull               the resident hears that it was not kept; the operator frees space
└── DeliveryError               the worker decides by the kind
    ├── Undeliverable           blocked, gone: give up, tell the desk
    ├── Moved                   the chat has another id now
    ├── MaybeDelivered          the line broke after sending: repeat once, marked
    └── TryLater                flood limit, network: put it back
"""


class BotError(Exception):
    """Base of all our errors; its text is always fit for a person."""


class ConfigError(BotError):
    """For the operator: names file, line and remedy."""


class TicketError(BotError):
    """For whoever touched the ticket."""


class TicketNotFound(TicketError):
    """For whoever gave the number."""


class IllegalMove(TicketError):
    """For the staff member: this ticket cannot make this move now, and why."""


class Incomplete(TicketError):
    """For the staff member: what the move still needs."""


class NotAllowed(BotError):
    """For the person who tried."""


class StoreError(BotError):
    """For the log; the cause is chained."""


class AlreadyHappened(StoreError):
    """An event with this once-key stands already: another process was faster."""


class Conflict(StoreError):
    """Another transaction was in the way, and this one is undone: nothing has happened, it may begin again."""


class StoreFull(StoreError):
    """The disk is full or the database is read-only."""


class DeliveryError(BotError):
    """For the worker, which decides by the kind."""


class Undeliverable(DeliveryError):
    """The resident blocked us or the chat is gone."""


class Moved(DeliveryError):
    """The chat was given another id by its channel."""

    def __init__(self, new_id: str) -> None:
        super().__init__(f"the chat moved to {new_id}")
        self.new_id = new_id


class MaybeDelivered(DeliveryError):
    """No answer came back: it may have arrived or not."""


class TryLater(DeliveryError):
    """Not now; `retry_after` is the channel's own wish in seconds, if it has one."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
