"""Where a chat has got to. Stored as JSON between two turns; nothing else remembers anything."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.forms import Form
from bot.messages import Button, Chat


class Waiting(StrEnum):
    """What the bot's last sentence asked for, outside a form."""

    CHOICE = "choice"  # one of the offered buttons, or other words for the same thing
    TICKET = "ticket"  # which of several tickets `errand` is about
    SUPPLEMENT = "supplement"  # material for `ticket`
    WHY_NOT_SOLVED = "why_not_solved"  # what is still wrong with `ticket`; may be skipped
    RATING = "rating"  # how well `ticket` was done
    PRIVACY = "privacy"  # export or erase, after a look at what is kept
    ERASE = "erase"  # one clear yes before personal data go
    WITHDRAW = "withdraw"  # one clear yes before `ticket` is withdrawn
    JOIN = "join"  # the same matter is open already as `ticket`: join, or file apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One chat's thread. A form and `waiting` can be open together only for JOIN."""

    chat: Chat
    form: Form | None = None
    waiting: Waiting | None = None
    ticket: str | None = None  # the ticket last spoken of
    errand: str | None = None  # what to do with the ticket that is being chosen
    enquiry: str | None = None  # the consultation a person will answer; while open, words go there
    offered: tuple[Button, ...] = ()  # the buttons that are good now, by tap or by their words
    added: tuple[str, ...] = ()  # what a supplement holds so far, in words
    album: str | None = None  # the album whose parts are still coming in
    lost: int = 0  # how many times in a row we did not understand
    said: str = ""  # the words that were not understood, so that a choice can use them
    explained: str = ""  # the entry last answered with: “去哪办” asks about it
    notified: bool = False  # the privacy notice was shown
    audience: str | None = None  # citizen or enterprise, once known
    updated_at: datetime | None = None

    def settled(self) -> "Conversation":
        """The same chat with nothing pending."""
        return replace(
            self,
            form=None,
            waiting=None,
            errand=None,
            offered=(),
            added=(),
            lost=0,
            said="",
            explained="",
        )


def fresh(chat: Chat) -> Conversation:
    return Conversation(chat=chat)
