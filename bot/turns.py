"""One turn of a conversation: what was heard, and what comes of it."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.conversation import Conversation
from bot.messages import Message, Reply
from intents import Understanding


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message with what it means, at a moment, in a chat that has got somewhere already."""

    conversation: Conversation
    message: Message
    meaning: Understanding
    now: datetime

    @property
    def text(self) -> str:
        """The resident's words with identity and bank card numbers masked: nothing else is kept."""
        return self.meaning.masked

    def within(self, conversation: Conversation) -> "Heard":
        return replace(self, conversation=conversation)

    def means(self, *acts: str) -> bool:
        return self.meaning.route == "act" and self.meaning.label in acts


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The replies, and where the chat stands now. The buttons of the last reply become the good ones."""

    conversation: Conversation
    replies: tuple[Reply, ...]

    def also(self, *replies: Reply) -> "Turn":
        return replace(self, replies=(*self.replies, *replies))


def turn(conversation: Conversation, *replies: Reply) -> Turn:
    return Turn(conversation=conversation, replies=replies)
