"""Every sentence the bot itself says, from data/wording.yaml."""

from pathlib import Path
from string import Formatter

import yaml

from bot.errors import ConfigError

PATH = Path(__file__).parent / "data" / "wording.yaml"


class Wording:
    """Sentences by key, with named gaps: say("receipt", number="DD…")."""

    def __init__(self, sentences: dict[str, str]) -> None:
        self._sentences = sentences

    def say(self, key: str, **values: object) -> str:
        return self._sentences[key].format(**values).strip()

    def has(self, key: str) -> bool:
        return key in self._sentences

    def keys(self) -> set[str]:
        return set(self._sentences)

    def gaps(self, key: str) -> set[str]:
        """The names a sentence wants filled."""
        return {name for _, name, _, _ in Formatter().parse(self._sentences[key]) if name}


def load_wording(path: Path = PATH) -> Wording:
    try:
        sentences = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: {error}; restore it from the repository") from error
    if not isinstance(sentences, dict) or not all(isinstance(s, str) for s in sentences.values()):
        raise ConfigError(f"{path}: expected lines of the form `key: sentence`")
    return Wording(sentences)
