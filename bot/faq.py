"""The operator's answers: reads and checks faq.yaml, finds an entry, lays it out for reading."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import ConfigError
from bot.messages import Card

STALE = "这条办事指南超过了复核日期，正在核对"


class FaqEntry(BaseModel):
    """One answer. Everything but `local` is checked knowledge; `local` is what only the district can say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str = Field(min_length=2)
    audience: str = Field(pattern="^(citizen|enterprise|both)$")
    department: str
    questions: tuple[str, ...] = Field(min_length=1)
    answer: str = Field(min_length=10)
    materials: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    where: str | None = None
    time_limit: str | None = None
    fee: str | None = None
    basis: tuple[str, ...] = Field(min_length=1)
    keywords: tuple[str, ...] = ()
    district: str | None = None
    local: str | None = None
    reviewed_on: date
    review_by: date | None = None


class _Head(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    review_every_days: int = Field(gt=0, le=3660)
    entries: list[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Faq:
    """All entries by id, in the order of the file."""

    entries: dict[str, FaqEntry]
    review_every: timedelta
    version: str = ""  # a digest of the file
    _questions: dict[str, str] = field(default_factory=dict, repr=False)

    def entry(self, label: str | None) -> FaqEntry | None:
        return self.entries.get(label or "")

    def review_due(self, entry: FaqEntry) -> date:
        return entry.review_by or entry.reviewed_on + self.review_every

    def is_fresh(self, entry: FaqEntry, today: date) -> bool:
        """Past its review date an entry is no longer answered automatically."""
        return today <= self.review_due(entry)

    def due_for_review(self, today: date, within_days: int = 30) -> list[FaqEntry]:
        limit = today + timedelta(days=within_days)
        late = [entry for entry in self.entries.values() if self.review_due(entry) <= limit]
        return sorted(late, key=self.review_due)

    def asked_word_for_word(self, text: str) -> str | None:
        """The entry of which `text` is exactly one of the standard questions."""
        return self._questions.get(_bare(text))


def _bare(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())


def answer_text(entry: FaqEntry, today: date) -> str:
    """The whole answer in plain words, for doors that have no cards."""
    lines = [entry.answer]
    lines += [f"{heading}：{'；'.join(items)}" for heading, items in _rows(entry)]
    lines.append("")
    lines += _footnotes(entry)
    return "\n".join(lines)


def part_of(entry: FaqEntry, heading: str) -> tuple[str, ...]:
    """One row of the card (去哪办, 费用 …); empty where nobody has filled it in."""
    return dict(_rows(entry)).get(heading, ())


def answer_card(entry: FaqEntry) -> Card:
    """The same for pages."""
    return Card(
        title=entry.title,
        lead=entry.answer,
        rows=_rows(entry),
        footnotes=_footnotes(entry),
    )


def _rows(entry: FaqEntry) -> tuple[tuple[str, tuple[str, ...]], ...]:
    single = (
        ("去哪办", entry.where),
        ("多久", entry.time_limit),
        ("费用", entry.fee),
        ("本区信息", entry.local),
    )
    rows = [("带什么", entry.materials), ("怎么办", entry.steps)]
    rows += [(heading, (value,) if value else ()) for heading, value in single]
    return tuple((heading, tuple(items)) for heading, items in rows if items)


def _footnotes(entry: FaqEntry) -> tuple[str, ...]:
    notes = [f"依据：{'；'.join(entry.basis)}"]
    if entry.district and not entry.local:
        notes.append(f"本区还没填写：{entry.district}")
    notes.append(f"{entry.reviewed_on:%Y年%-m月%-d日}核对 · 自动检索答复")
    return tuple(notes)


def load_faq(path: Path, departments: set[str] | None = None) -> Faq:
    """Read and check faq.yaml; every complaint names the line and what to do there, all of them at once."""
    try:
        source = path.read_text("utf-8")
        tree = yaml.compose(source, Loader=yaml.CSafeLoader)
        data = yaml.load(source, Loader=yaml.CSafeLoader)
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path} is missing; restore it from the repository or a backup"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text; save it as UTF-8") from error
    except yaml.YAMLError as error:
        raise ConfigError(_where_broken(path, error)) from error
    try:
        head = _Head.model_validate(data)
    except ValidationError as error:
        raise ConfigError(
            f"{path}:1: {_first(error)}; the file starts with review_every_days and entries"
        ) from error

    lines = _entry_lines(tree)
    faults: list[str] = []
    entries: dict[str, FaqEntry] = {}
    questions: dict[str, str] = {}
    for raw, (line, fields) in zip(head.entries, lines, strict=True):
        where = f"{path}:{line}"
        try:
            entry = FaqEntry.model_validate(raw)
        except ValidationError as error:
            faults += [
                f"{path}:{fields.get(str(fault['loc'][0]) if fault['loc'] else '', line)}: {_explain(fault, raw)}"
                for fault in error.errors()
            ]
            continue
        if entry.id in entries:
            faults.append(
                f"{where}: the id {entry.id} stands twice; give the second one another id"
            )
        if departments is not None and entry.department not in departments:
            faults.append(
                f"{path}:{fields.get('department', line)}: {entry.id}: no unit {entry.department!r}; "
                "use an id of bot/data/departments.yaml"
            )
        for question in entry.questions:
            other = questions.setdefault(_bare(question), entry.id)
            if other != entry.id:
                faults.append(
                    f"{path}:{fields.get('questions', line)}: {entry.id}: the question {question!r} "
                    f"is already under {other}; change one of them"
                )
        entries[entry.id] = entry
    if faults:
        raise ConfigError("\n".join(faults))
    return Faq(
        entries=entries,
        review_every=timedelta(days=head.review_every_days),
        version=hashlib.sha256(source.encode()).hexdigest()[:12],
        _questions=questions,
    )


def _where_broken(path: Path, error: yaml.YAMLError) -> str:
    """A quote left open is noticed only at the end of the file: the line where it began helps more."""
    began = getattr(error, "context", None) == "while scanning a quoted scalar"
    mark = getattr(error, "context_mark" if began else "problem_mark", None)
    line = mark.line + 1 if mark else 1
    what = getattr(error, "problem", None) or "it cannot be read"
    return (
        f"{path}:{line}: not valid YAML: {what}; look at this line and the one before "
        "(indentation, a missing quote, a colon without a space)"
    )


def _entry_lines(tree: Any) -> list[tuple[int, dict[str, int]]]:
    for key, value in tree.value:
        if key.value == "entries":
            return [
                (
                    node.start_mark.line + 1,
                    {name.value: name.start_mark.line + 1 for name, _ in node.value}
                    if isinstance(node, yaml.MappingNode)
                    else {},
                )
                for node in value.value
            ]
    return []


REMEDIES = {
    "missing": "this field is required; add it",
    "extra_forbidden": "there is no such field; correct its name or remove it",
    "date_from_datetime_parsing": "write the date as 2026-11-23",
    "date_parsing": "write the date as 2026-11-23",
    "string_pattern_mismatch": "not one of the values allowed here",
    "too_short": "it must not be empty",
    "string_too_short": "it is too short to be an answer",
    "string_type": "this must be text; put it in quotes",
    "tuple_type": "this must be a list: [ …, … ]",
}


def _explain(fault: Any, raw: Any) -> str:
    name = raw.get("id", "an entry without id") if isinstance(raw, dict) else "an entry"
    place = ".".join(str(part) for part in fault["loc"]) or "entry"
    return f"{name}: {place}: {REMEDIES.get(fault['type'], fault['msg'])}"


def _first(error: ValidationError) -> str:
    fault = error.errors()[0]
    return f"{'.'.join(str(part) for part in fault['loc']) or 'file'}: {fault['msg']}"
