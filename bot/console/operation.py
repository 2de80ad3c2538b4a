"""The operator's other pages: 知识库 (how the FAQ does) and 设置 (what is in force)."""

import re
from dataclasses import dataclass, fields
from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response

from bot.console.front import Front
from bot.console.model_card import ModelCard, model_card
from bot.console.pages import Console
from bot.faq import FaqEntry
from bot.policies import Span
from bot.redact import mask
from bot.settings import Secret
from bot.store import Unanswered as Question

LONGEST_LIST = 300
HITS_OF = timedelta(days=30)
ACTS = {"out-of-scope": "像是不归这里管的", "chitchat": "像是闲聊"}
SETTING_NAMES = {
    "db": "数据库",
    "model": "理解模型",
    "faq": "知识库",
    "files": "照片存放",
    "secret": "会话密钥",
    "base_url": "对外网址",
    "port": "端口",
    "staff_idle_minutes": "没有操作多少分钟后退出",
    "telegram_token": "Telegram令牌",
    "telegram_api_url": "Telegram接口地址",
    "telegram_staff_chat": "值班群编号",
    "telegram_webhook_url": "Telegram回调地址",
    "telegram_webhook_secret": "Telegram回调密钥",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """An entry of the FAQ, its review date, how often it was given lately and its votes."""

    entry: FaqEntry
    due: date
    late: bool
    given: int
    useful: int
    useless: int

    @property
    def share(self) -> int | None:
        asked = self.useful + self.useless
        return round(100 * self.useful / asked) if asked else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """Questions that led to the same candidates, together."""

    title: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaqPage:
    """What the page of the FAQ shows."""

    entries: tuple[EntryLine, ...]
    due: tuple[EntryLine, ...]
    unanswered: tuple[Unanswered, ...]
    asked: int
    open_places: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage:
    """What is in force, nothing secret in it."""

    values: tuple[tuple[str, str], ...]
    years: tuple[tuple[int, bool], ...]
    hours: str
    classes: tuple[tuple[str, str, str, str], ...]
    model: ModelCard | None


def add(console: Console) -> None:
    """The routes of the operator's pages."""
    front = console.front

    @console.get("/faq")
    async def faq(request: Request) -> Response:
        return console.page(request, "faq.html", page=await front.run(_faq_page, front))

    @console.get("/settings")
    async def settings(request: Request) -> Response:
        return console.page(request, "settings.html", page=await front.run(_settings_page, front))


def _faq_page(front: Front) -> FaqPage:
    """Core thread."""
    faq, notes = front.faq, front.store.notes
    today = front.calendar.local(front.now()).date()
    votes, given = notes.feedback_counts(), notes.answers_given(front.now() - HITS_OF)
    lines = tuple(
        EntryLine(
            entry=entry,
            due=faq.review_due(entry),
            late=not faq.is_fresh(entry, today),
            given=given.get(entry.id, 0),
            useful=votes.get(entry.id, (0, 0))[0],
            useless=votes.get(entry.id, (0, 0))[1],
        )
        for entry in faq.entries.values()
    )
    due_ids = [entry.id for entry in faq.due_for_review(today)]
    by_id = {line.entry.id: line for line in lines}
    asked = notes.unanswered_list(LONGEST_LIST)
    return FaqPage(
        entries=tuple(sorted(lines, key=lambda line: (-line.useless, -line.given, -line.useful))),
        due=tuple(by_id[id_] for id_ in due_ids),
        unanswered=_grouped(front, asked),
        asked=sum(question.times for question in asked),
        open_places=sum(bool(line.entry.district and not line.entry.local) for line in lines),
    )


def _grouped(front: Front, questions: list[Question]) -> tuple[Unanswered, ...]:
    """By the first guess: what residents ask about and the model is not sure of stands together."""
    groups: dict[str, list[Question]] = {}
    for question in questions:
        first = question.candidates[0] if question.candidates else ""
        groups.setdefault(first, []).append(question)
    found = [
        Unanswered(
            title=_title(front, guess),
            count=sum(question.times for question in asked),
            examples=tuple(mask(question.text) for question in asked[:5]),
        )
        for guess, asked in groups.items()
    ]
    return tuple(sorted(found, key=lambda group: -group.count))


def _title(front: Front, guess: str) -> str:
    """A candidate is `route/label` or a bare label."""
    label = guess.rpartition("/")[2]
    entry = front.faq.entry(label)
    if entry is not None:
        return entry.title
    if label in front.directory.categories:
        return front.directory.category_name(label)
    return ACTS.get(label, "像是一句应答") if label else "完全没听懂的"


def _settings_page(front: Front) -> SettingsPage:
    year = front.calendar.local(front.now()).year
    return SettingsPage(
        values=tuple(_setting(front, each.name) for each in fields(front.settings)),
        years=tuple((each, front.calendar.knows(each)) for each in (year - 1, year, year + 1)),
        hours=front.calendar.hours(),
        classes=tuple(
            (policy.label, _span(policy.sign), _span(policy.contact), _span(policy.finish))
            for policy in front.policies.classes.values()
        ),
        model=model_card(front),
    )


def _setting(front: Front, name: str) -> tuple[str, str]:
    value, called = getattr(front.settings, name), SETTING_NAMES.get(name, name)
    if value in ("", None):
        return called, "未设置"
    if isinstance(value, Secret):
        return called, "已设置（不显示）"
    return called, re.sub(r"(?<=://)[^@/]*:[^@/]*(?=@)", "***", str(value))


def _span(span: Span | None) -> str:
    if span is None:
        return "—"
    if span.days:
        return f"{span.days}个工作日"
    minutes = span.minutes or 0
    return f"{minutes}分钟" if minutes < 60 or minutes % 60 else f"{minutes // 60}小时"
