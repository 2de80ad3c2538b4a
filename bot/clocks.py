"""The file of the promised times, clocks.yaml, checked: a mistake is refused with everything that is to mend."""

from datetime import date, time
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from bot.errors import ConfigError
from bot.policies import AnswerWait, Policies, Policy, Span
from bot.tickets import Kind
from bot.workdays import WorkCalendar

CLOCKS = Path(__file__).parent / "data" / "clocks.yaml"


def load_policies(path: Path = CLOCKS) -> tuple[Policies, WorkCalendar]:
    """Read clocks.yaml; ConfigError lists everything that does not fit, not only the first thing."""
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"{path} is missing; restore it from the repository") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML: {error}; mend the line named here") from error
    except (
        ValueError
    ) as error:  # YAML builds the dates itself and lets 2026-13-01 through to Python
        raise ConfigError(
            f"{path}: {error}; mend the dates of extra_holidays and extra_workdays"
        ) from error
    try:
        file = _File.model_validate(content)
    except ValidationError as error:
        faults = "\n".join(
            f"- {'.'.join(map(str, fault['loc'])) or 'the file'}: {fault['msg']}"
            for fault in error.errors()
        )
        raise ConfigError(f"{path}: mend\n{faults}") from error
    return file.policies(), file.calendar()


Count = Annotated[int, Field(strict=True, ge=1, le=100_000)]
Percent = Annotated[int, Field(strict=True, ge=1, le=99)]


def _time_of_day(text: object) -> time:
    # YAML reads a bare 13:00 as the number 780, which must not become a time
    try:
        if isinstance(text, str) and (found := time.fromisoformat(text)).tzinfo is None:
            return found
    except ValueError:
        pass
    raise ValueError(f'{text!r} is not a time of day; write it in quotes, like "08:30"')


TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]


class _Row(BaseModel):
    """An unknown key is a slip of the pen, not a setting."""

    model_config = ConfigDict(extra="forbid")


class _Span(_Row):
    minutes: Count | None = None
    days: Count | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.minutes is None) == (self.days is None):
            raise ValueError("give either minutes or days")
        return self

    def span(self) -> Span:
        return Span(minutes=self.minutes, days=self.days)


class _Policy(_Row):
    name: str = Field(min_length=1)
    sign: _Span
    contact: _Span | None = None
    finish: _Span


class _ReturnDays(_Row):
    usual: Count
    hard: Count


class _AnswerWait(_Row):
    remind: _Span
    resume: _Span

    def wait(self) -> AnswerWait:
        return AnswerWait(remind=self.remind.span(), resume=self.resume.span())


class _Answer(_Row):
    usual: _AnswerWait
    urgent: _AnswerWait


class _AfterBreach(_Row):
    usual: _Span
    urgent: _Span

    @model_validator(mode="after")
    def _each_in_its_own(self) -> Self:
        if self.usual.days is None or self.urgent.minutes is None:
            raise ValueError("give usual in days and urgent in minutes")
        return self


class _Extension(_Row):
    times: Count
    days: Count


class _File(_Row):
    working_time: tuple[tuple[TimeOfDay, TimeOfDay], ...] = Field(min_length=1)
    classes: dict[str, _Policy]
    raised: dict[str, str] = {}
    warn_at: tuple[Percent, ...]
    last_call: Percent
    return_days: _ReturnDays
    extension: _Extension
    answer: _Answer
    after_breach: _AfterBreach
    feedback_days: Count
    silence_days: Count
    follow_up_days: Count
    archive_days: Count
    claim_minutes: Count
    many_followers: Count
    months_kept: Count
    extra_holidays: frozenset[date] = frozenset()
    extra_workdays: frozenset[date] = frozenset()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        moments = [moment for frame in self.working_time for moment in frame]
        if moments != sorted(set(moments)):
            raise ValueError("working_time: the frames must be in order and not touch or overlap")
        if list(self.warn_at) != sorted(set(self.warn_at)):
            raise ValueError("warn_at: write the percentages in rising order, each once")
        if missing := sorted({kind.value for kind in Kind} - self.classes.keys()):
            raise ValueError(f"classes: every request type has a clock; add {', '.join(missing)}")
        for name, higher in self.raised.items():
            if not {name, higher} <= self.classes.keys():
                raise ValueError(f"raised: {name} and {higher} must both be classes")
            finish, before = self.classes[higher].finish.span(), self.classes[name].finish.span()
            if not finish.shorter_than(before):
                raise ValueError(f"raised: {higher} must be finished sooner than {name}")
        if both := sorted(map(str, self.extra_holidays & self.extra_workdays)):
            raise ValueError(f"extra_holidays and extra_workdays both have {', '.join(both)}")
        return self

    def policies(self) -> Policies:
        classes = {
            name: Policy(
                name=name,
                label=row.name,
                sign=row.sign.span(),
                contact=row.contact.span() if row.contact else None,
                finish=row.finish.span(),
            )
            for name, row in self.classes.items()
        }
        return Policies(
            classes=MappingProxyType(classes),
            raised=MappingProxyType(self.raised),
            warn_at=self.warn_at,
            last_call=self.last_call,
            usual_return_days=self.return_days.usual,
            hard_return_days=self.return_days.hard,
            extension=(self.extension.times, self.extension.days),
            usual_answer=self.answer.usual.wait(),
            urgent_answer=self.answer.urgent.wait(),
            usual_after_breach=self.after_breach.usual.span(),
            urgent_after_breach=self.after_breach.urgent.span(),
            feedback_days=self.feedback_days,
            silence_days=self.silence_days,
            follow_up_days=self.follow_up_days,
            archive_days=self.archive_days,
            claim_minutes=self.claim_minutes,
            many_followers=self.many_followers,
            months_kept=self.months_kept,
        )

    def calendar(self) -> WorkCalendar:
        return WorkCalendar(self.working_time, self.extra_holidays, self.extra_workdays)
