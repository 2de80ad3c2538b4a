"""Reads the environment once into a frozen Settings; a wrong value is refused with the variable's name."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from bot.errors import ConfigError


class Secret(str):
    """A string that does not show itself in logs and error pages."""

    def __repr__(self) -> str:
        return "'***'" if self else "''"


NOT_SET = Secret("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting of the program. `names` of the variables are in `from_env`."""

    db: str = "var/mashangban.sqlite3"
    model: Path = Path("var/model")
    faq: Path = Path("faq.yaml")
    files: Path = Path("var/files")
    secret: Secret = NOT_SET
    base_url: str = ""
    port: int = 8080
    staff_idle_minutes: int = 60
    telegram_token: Secret = NOT_SET
    telegram_api_url: str = ""
    telegram_staff_chat: int | None = None
    telegram_webhook_url: str = ""
    telegram_webhook_secret: Secret = NOT_SET

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """Take what is set, keep the default of what is not."""
        usual = cls()  # a slotted class has no defaults to read off itself
        return cls(
            db=_database(env) or usual.db,
            model=Path(env.get("MASHANGBAN_MODEL") or usual.model),
            faq=Path(env.get("MASHANGBAN_FAQ") or usual.faq),
            files=Path(env.get("MASHANGBAN_FILES") or usual.files),
            secret=Secret(env.get("MASHANGBAN_SECRET", "")),
            base_url=_url(env, "MASHANGBAN_BASE_URL"),
            port=_port(env),
            staff_idle_minutes=_idle(env, usual.staff_idle_minutes),
            telegram_token=Secret(env.get("TELEGRAM_TOKEN", "")),
            telegram_api_url=_url(env, "TELEGRAM_API_URL"),
            telegram_staff_chat=_whole(env, "TELEGRAM_STAFF_CHAT"),
            telegram_webhook_url=_url(env, "TELEGRAM_WEBHOOK_URL"),
            telegram_webhook_secret=_webhook_secret(env),
        )

    @classmethod
    def load(cls, dotenv: Path = Path(".env")) -> "Settings":
        """The environment, and below it the file .env where there is one."""
        values = {key: value or "" for key, value in dotenv_values(dotenv).items()}
        return cls.from_env({**values, **os.environ})


def _database(env: Mapping[str, str]) -> str:
    value = env.get("MASHANGBAN_DB", "").strip()
    scheme, found, _ = value.partition("://")
    if found and scheme not in ("postgresql", "postgres"):
        raise ConfigError(
            f"MASHANGBAN_DB must be a path or begin with postgresql://, not with {scheme}://"
        )
    return value


def _webhook_secret(env: Mapping[str, str]) -> Secret:
    value = env.get("TELEGRAM_WEBHOOK_SECRET", "").strip()
    if value and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value):
        raise ConfigError(
            "TELEGRAM_WEBHOOK_SECRET may hold 1 to 256 letters, digits, _ and - only: Telegram takes no other"
        )
    return Secret(value)


def _whole(env: Mapping[str, str], name: str) -> int | None:
    value = env.get(name, "").strip()
    if not value:
        return None
    try:
        return int(value)
    except ValueError as error:
        raise ConfigError(f"{name} must be a whole number, not {value!r}") from error


def _port(env: Mapping[str, str]) -> int:
    port = _whole(env, "PORT") or 8080
    if not 0 < port < 65536:
        raise ConfigError(f"PORT must lie between 1 and 65535, not {port}")
    return port


def _idle(env: Mapping[str, str], usual: int) -> int:
    minutes = _whole(env, "MASHANGBAN_STAFF_IDLE_MINUTES")
    if minutes is None:
        return usual
    if not 5 <= minutes <= 720:
        raise ConfigError(
            f"MASHANGBAN_STAFF_IDLE_MINUTES must lie between 5 and 720, not {minutes}"
        )
    return minutes


def _url(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "").strip().rstrip("/")
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.netloc):
        raise ConfigError(f"{name} must begin with http:// or https:// and a host, not {value!r}")
    return value
