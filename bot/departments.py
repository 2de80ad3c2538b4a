"""Who answers for what: units, categories and the people in them (定人、定责)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import yaml

from bot.errors import ConfigError

DATA = Path(__file__).parent / "data"


class Role(StrEnum):
    """Who acts. The first three are voices, the others are people with an account."""

    RESIDENT = "resident"  # 诉求人
    BOT = "bot"  # 机器人
    CLOCK = "clock"  # 时限
    AGENT = "agent"  # 经办人
    HEAD = "head"  # 单位负责人
    SUPERVISOR = "supervisor"  # 督办员
    ADMIN = "admin"  # 管理员
    ASSESSOR = "assessor"  # 第三方评估员: reads, never moves


STAFF_ROLES = (Role.AGENT, Role.HEAD, Role.SUPERVISOR, Role.ADMIN, Role.ASSESSOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A responsible unit (责任单位)."""

    id: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """What a ticket is about (诉求类别); `clock` names a class of clocks.yaml."""

    id: str
    name: str
    level1: str
    department: str
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentKind:
    """A danger: the numbers to call, what to do first, and the clock that runs."""

    id: str
    name: str
    call: tuple[str, ...]
    category: str | None
    department: str
    clock: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """A person with an account. `telegram_id` lets the duty group know who pressed a button."""

    id: int
    name: str
    role: Role
    department: str | None = None
    on_duty: bool = True
    active: bool = True
    telegram_id: int | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Units, categories and urgent kinds, read once from data/*.yaml."""

    departments: dict[str, Department]
    categories: dict[str, Category]
    urgent: dict[str, UrgentKind]
    fallback: str = field(default="business-environment")

    def unit_of(self, category: str | None) -> str:
        """The unit for a category; the fallback unit (兜底) where none is known."""
        found = self.categories.get(category or "")
        return found.department if found else self.fallback

    def unit_name(self, department: str | None) -> str:
        found = self.departments.get(department or "")
        return found.name if found else "值班台"

    def category_name(self, category: str | None) -> str:
        found = self.categories.get(category or "")
        return found.name if found else "其他事项"


def load_directory(folder: Path = DATA) -> Directory:
    """Read departments.yaml, categories.yaml and urgent.yaml; ConfigError says what does not fit."""
    departments = {row["id"]: Department(**row) for row in _rows(folder / "departments.yaml")}
    categories = {
        row["id"]: Category(**{**row, "cues": tuple(row.get("cues", ()))})
        for row in _rows(folder / "categories.yaml")
    }
    urgent = {
        row["id"]: UrgentKind(**{**row, "call": tuple(str(n) for n in row["call"])})
        for row in _rows(folder / "urgent.yaml")
    }
    named = [(c.id, c.department) for c in categories.values()]
    named += [(kind.id, kind.department) for kind in urgent.values()]
    for entry, department in named:
        if department not in departments:
            raise ConfigError(
                f"{folder}: {entry} names the unit {department!r}, "
                "which departments.yaml does not have; correct the id or add the unit"
            )
    return Directory(departments=departments, categories=categories, urgent=urgent)


def _rows(path: Path) -> list[dict]:  # type: ignore[type-arg]
    try:
        rows = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    except FileNotFoundError as error:
        raise ConfigError(f"{path} is missing; restore it from the repository") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML: {error}; mend the line named here") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "id" in row for row in rows):
        raise ConfigError(f"{path}: expected a list of entries that each have an id")
    return rows
