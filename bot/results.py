"""What a resident says of a result in a few words, and which of his tickets he says it of."""

from collections.abc import Sequence

from bot import opinions, reading
from bot.conversation import Waiting
from bot.errands import Errands
from bot.tickets import State, Ticket
from bot.turns import Heard, Turn


class Results:
    """Solved, not solved, or still waiting: the verdict itself is taken by `verdicts`."""

    def __init__(self, errands: Errands) -> None:
        self.errands = errands
        self.verdicts = errands.verdicts

    def unsolved(self, heard: Heard) -> Turn:
        """“不满意”: of what was answered; else of what is closed or still open."""
        if any(t.state is State.REPLIED for t in self.errands.own(heard)):
            return self.errands.of(heard, "unsolved", lambda t: t.state is State.REPLIED)
        return self.errands.of(heard, "unsolved", lambda t: t.state is State.CLOSED or t.is_open)

    def solved(self, heard: Heard) -> Turn:
        """“解决了”: of what was answered or asked about; what solved itself may be taken back."""
        if opinions.denies(heard.text) and not heard.message.button:
            return self.unsolved(heard)
        own = self.errands.own(heard)
        if any(self.verdicts.awaited(t) for t in own):
            return self.errands.of(heard, "solved", self.verdicts.awaited)
        errand = "withdraw" if any(t.is_open for t in own) else "solved"
        return self.errands.of(heard, errand, lambda t: t.is_open)

    def told(self, heard: Heard) -> Turn | None:
        """A few words after “解决了吗？” or while one waits: heard before anything is guessed of them."""
        conversation, text = heard.conversation, heard.text
        if conversation.form is not None or len(text) > opinions.LONGEST_DENIAL:
            return None
        if not opinions.speaks_of_a_result(text):
            return None
        own = self.errands.own(heard)
        if self._denied(heard, own):
            return self.unsolved(heard)
        if len(text) > opinions.LONGEST:
            return None
        if rated := self.verdicts.rated_in_words(heard, own):
            return rated
        idle = conversation.waiting in (None, Waiting.RATING)
        if idle and (verdict := self._verdict(heard, own)):
            return verdict
        if any(t.state is State.AWAITING for t in own) or not any(t.is_open for t in own):
            return None  # a handler asked: it is his answer
        if opinions.still_waits(text) and (idle or conversation.waiting is Waiting.SUPPLEMENT):
            return self.unsolved(heard)
        if idle and opinions.says_solved(text) and not reading.is_done(text):
            return self.solved(heard)
        return None

    def _denied(self, heard: Heard, own: Sequence[Ticket]) -> bool:
        """“我都说了没修好！！！” of what was answered; not of another matter, and not somewhere else."""
        if heard.conversation.waiting is not None or not opinions.denies(heard.text):
            return False
        replied = [t for t in own if t.state is State.REPLIED]
        meaning = heard.meaning
        complains = meaning.route == "complaint"
        other = complains and meaning.label not in {t.category for t in replied}
        return bool(replied) and not (other or meaning.slots.location or meaning.urgent)

    def _verdict(self, heard: Heard, own: Sequence[Ticket]) -> Turn | None:
        """Yes or no to what was answered; a bare “好的” is neither."""
        text = heard.text
        waits = [t for t in own if self.verdicts.awaited(t)]
        just_now = [t for t in waits if self.verdicts.just_asked(t, heard.conversation)]
        if not waits:
            return None
        if opinions.says_solved(text) or (just_now and opinions.agrees(text)):
            return self.solved(heard)
        replied = any(t.state is State.REPLIED for t in waits)
        no = opinions.still_waits(text) or (just_now and opinions.says_not_solved(text))
        if replied and no:
            return self.unsolved(heard)
        if just_now and opinions.acknowledges(text) and just_now[0].state is State.REPLIED:
            return self.verdicts.ask(heard, just_now[0])
        return None
