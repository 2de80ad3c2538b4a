"""Beginnings of replies from data/reply_templates.yaml, by request type."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.errors import ConfigError
from bot.tickets import Kind

PATH = Path(__file__).parent.parent / "data" / "reply_templates.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTemplate:
    """`text` has gaps for the writer and {person}, {unit}, {today}."""

    id: str
    name: str
    text: str
    kinds: tuple[Kind, ...] = tuple(Kind)

    def filled(self, **values: str) -> str:
        return self.text.format(**values).strip()


def load_reply_templates(path: Path = PATH) -> tuple[ReplyTemplate, ...]:
    """ConfigError says which file to mend."""
    try:
        rows = yaml.safe_load(path.read_text("utf-8"))
        return tuple(
            ReplyTemplate(
                id=row["id"],
                name=row["name"],
                text=row["text"],
                kinds=tuple(Kind(kind) for kind in row.get("kinds", Kind)),
            )
            for row in rows
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise ConfigError(
            f"{path}: {error}; each entry has id, name, text and perhaps kinds"
        ) from error
