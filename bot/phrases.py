"""Replies in words: answers, questions back, drafts, advice. Looks nothing up and changes nothing."""

from dataclasses import dataclass
from datetime import date

from bot.departments import Directory, UrgentKind
from bot.faq import Faq, FaqEntry, answer_card, answer_text
from bot.forms import Field, Form
from bot.messages import Button, Reply
from bot.redact import mask_phones
from bot.tickets import Kind, Ticket
from bot.wording import Wording
from intents import Candidate

ACT_NAMES = {
    "track": "查工单进度",
    "urge": "催办",
    "supplement": "补充材料",
    "withdraw": "撤回诉求",
    "dissatisfied": "对办理结果不满意",
    "satisfied": "告诉我们解决了",
    "suggest": "提建议",
    "praise": "表扬",
    "human": "找工作人员",
    "privacy": "查看或删除我的信息",
    "capabilities": "看看我能做什么",
}
"""Acts worth offering on a button; a question back never offers “闲聊”."""
LONGEST_ECHO = 300  # signs of the matter in a draft


def button(text: str, data: str) -> Button:
    return Button(text=text, data=data)


@dataclass(frozen=True, slots=True)
class Phrases:
    """The bot's voice."""

    wording: Wording
    faq: Faq
    directory: Directory
    understood_by: str = ""  # the model and the FAQ of this process

    def say(self, key: str, **values: object) -> Reply:
        return Reply(text=self.wording.say(key, **values))

    def with_buttons(self, key: str, *buttons: Button, **values: object) -> Reply:
        return Reply(text=self.wording.say(key, **values), buttons=buttons)

    @property
    def human_button(self) -> Button:
        return button(self.wording.say("button_human"), "human")

    def code_line(self, ticket: Ticket) -> str:
        """The 查询码 below a receipt, for who may lose the chat (a browser) or hides in it; else nothing."""
        if not ticket.anonymous and (ticket.chat is None or ticket.chat.channel != "web"):
            return ""
        return "\n" + self.wording.say("receipt_secret", secret=ticket.secret)

    # -- answers and questions back ---------------------------------------------------------------

    def answer(self, entry: FaqEntry, today: date) -> Reply:
        return Reply(
            text=answer_text(entry, today),
            card=answer_card(entry),
            source=self.understood_by,
            buttons=(
                button(self.wording.say("button_useful"), f"useful:{entry.id}:1"),
                button(self.wording.say("button_useless"), f"useful:{entry.id}:0"),
                self.human_button,
            ),
        )

    def option(self, candidate: Candidate) -> Button | None:
        """A button for one guess; None for what is not worth offering."""
        title = self.title(candidate)
        if title is None:
            return None
        key = f"option_{candidate.route}"
        return button(
            self.wording.say(key, title=title), f"pick:{candidate.route}/{candidate.label}"
        )

    def title(self, candidate: Candidate) -> str | None:
        if candidate.route == "answer":
            entry = self.faq.entry(candidate.label)
            return entry.title if entry else None
        if candidate.route == "complaint":
            found = self.directory.categories.get(candidate.label)
            return found.name if found else None
        return ACT_NAMES.get(candidate.label)

    def question_back(self, options: tuple[Button, ...]) -> Reply:
        none = button(self.wording.say("none_of_these"), "none")
        return Reply(text=self.wording.say("clarify"), buttons=(*options, none, self.human_button))

    # -- dangers ----------------------------------------------------------------------------------

    def danger(self, kind: UrgentKind) -> Reply:
        """Numbers and advice before anything else."""
        return Reply(text="\n".join(urgent_words(self.wording, kind)))

    # -- drafts -----------------------------------------------------------------------------------

    def matter(self, ticket: Ticket) -> str:
        """What a ticket is about, in a few words."""
        if ticket.category is None:
            return ticket.subject
        return self.directory.category_name(ticket.category)

    def subject(self, form: Form) -> str:
        named = self.directory.categories.get(form.category or "")
        return (
            named.name
            if named
            else {Kind.SUGGESTION: "建议", Kind.PRAISE: "表扬"}.get(form.kind, "反映的问题")
        )

    def ask(self, field: Field, form: Form) -> Reply:
        """The question for one missing detail."""
        skip = button(self.wording.say("button_skip"), "skip")
        cancel = button(self.wording.say("button_cancel"), "cancel")
        if field is Field.DETAIL:
            key = "ask_detail_at" if form.location else "ask_detail"
            text = self.wording.say(key, location=form.location)
            return Reply(text=text, buttons=(cancel, self.human_button))
        return Reply(
            text=self.wording.say(f"ask_{field.value}", category=self.subject(form)),
            buttons=(skip, cancel, self.human_button),
        )

    def summary(self, form: Form) -> Reply:
        """The draft as it would be filed, the phone partly hidden."""
        items = [
            ("事项", self.subject(form)),
            ("内容", _head(mask_phones(form.detail))),
            ("地点", form.location or ("已发位置" if form.spot else None)),
            ("时间", form.time),
            ("企业", form.enterprise),
            ("照片", f"{len(form.attachments)}张" if form.attachments else None),
            ("电话", mask_phones(form.contact) if form.contact else None),
            ("身份", "匿名" if form.anonymous else None),
        ]
        lines = "\n".join(
            self.wording.say("summary_item", name=name, value=value)
            for name, value in items
            if value
        )
        text = self.wording.say("summary", lines=lines)
        buttons = [button(self.wording.say("confirm_yes"), "confirm")]
        if not (form.contact or form.anonymous):
            text += "\n" + self.wording.say("summary_contact_hint")
            buttons.append(button(self.wording.say("button_anonymous"), "anonymous"))
        buttons += [button(self.wording.say("confirm_no"), "cancel"), self.human_button]
        return Reply(text=text, buttons=tuple(buttons))

    def form_question(self, form: Form) -> Reply:
        """Whatever the form needs next: a detail, or a yes to the draft."""
        field = form.missing
        return self.summary(form) if field is Field.CONFIRM else self.ask(field, form)


def _head(text: str) -> str:
    """A long story need not be read again: that all of it is kept is enough."""
    return (
        f"{text[:LONGEST_ECHO]}…（共{len(text)}字，都记下了）" if len(text) > LONGEST_ECHO else text
    )


def urgent_words(wording: Wording, kind: UrgentKind) -> list[str]:
    """Numbers and advice; where a life is weary, the kind word before the numbers."""
    lines = [wording.say("urgent", advice=kind.advice)]
    if kind.call:
        lines.insert(0, wording.say("urgent_call", numbers="、".join(kind.call)))
    if kind.id == "suicide":
        lines.reverse()
    return lines
