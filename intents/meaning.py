"""What a message was understood to mean: the words that leave this package."""

from dataclasses import dataclass
from enum import StrEnum


class ModelError(Exception):
    """The operator reads this: the model is missing or does not fit; one sentence says what to do."""


class CorpusError(Exception):
    """The person who edits faq.yaml or intents/ reads this: which file, what, and how to mend it."""


class Route(StrEnum):
    """What the bot would do with a message."""

    ANSWER = "answer"  # label: a service of faq.yaml
    COMPLAINT = "complaint"  # label: a category of complaint
    ACT = "act"  # label: a dialogue act, out-of-scope included
    CLARIFY = "clarify"  # asks back; the alternatives say what it would offer
    HUMAN = "human"  # a person takes over


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One guess. Its confidence is the share of such guesses that were right on held-out sentences."""

    route: Route
    label: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """Details found in the message, cut out exactly as they were typed."""

    location: str | None = None
    street: str | None = None
    time: str | None = None
    phone: str | None = None
    enterprise: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """The whole first guess about a message."""

    text: str
    route: Route
    label: str | None
    confidence: float
    alternatives: tuple[Candidate, ...] = ()
    urgent: str | None = None
    slots: Slots = Slots()
    second: Candidate | None = None
    masked: str = ""
