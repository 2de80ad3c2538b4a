"""Fixtures: the model trained once a session, a bot with people in every unit, a clock that stands still."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from play import StoppedClock, moment
from stores import *  # noqa: F403  the store fixtures on every database
from town import shared_postgres_url, town  # noqa: F401  eight tickets counted by hand

from bot.app import Bot, load_model
from bot.departments import Role
from bot.settings import Settings
from bot.store import Store
from intents import Understander

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings of the person who runs it."""
    for name in list(os.environ):
        if name.startswith(("MASHANGBAN_", "TELEGRAM_")) and "_TEST_" not in name:
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model that `make run` would train: the one under var/ if it is of this corpus, else a new one."""
    folder = ROOT / "var" / "model"
    if not (folder / "model.json").exists():
        subprocess.run([sys.executable, "train.py", "--output", str(folder)], cwd=ROOT, check=True)
    return folder


@pytest.fixture(scope="session")
def understander(model_folder: Path) -> Understander:
    return load_model(Settings(model=model_folder))


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(moment("2026-11-24 10:00"))


def populate(store: Store, now: datetime) -> None:
    """An agent and a head in every unit, a supervisor, an admin and an assessor."""
    from bot.departments import load_directory

    for unit in load_directory().departments.values():
        store.staff.add(f"{unit.name}经办", Role.AGENT, unit.id, "-", now)
        store.staff.add(f"{unit.name}负责人", Role.HEAD, unit.id, "-", now)
    store.staff.add("督办员", Role.SUPERVISOR, None, "-", now)
    store.staff.add("管理员", Role.ADMIN, None, "-", now)
    store.staff.add("评估员", Role.ASSESSOR, None, "-", now)


@pytest.fixture
def bot(understander: Understander, clock: StoppedClock, tmp_path: Path) -> Iterator[Bot]:
    """The whole bot on a database file of its own, built in its core thread as in `serve`."""
    from concurrent.futures import ThreadPoolExecutor

    from bot.store import open_store

    core = ThreadPoolExecutor(max_workers=1)
    settings = Settings(
        db=str(tmp_path / "bot.sqlite3"),
        faq=ROOT / "faq.yaml",
        files=tmp_path / "files",
        telegram_staff_chat=-1001,
    )

    def build() -> Bot:
        store = open_store(settings.db)
        populate(store, clock.now)
        return Bot(settings, store, understander, clock=clock, core=core)

    bot = core.submit(build).result()
    yield bot
    core.submit(bot.store.close).result()
    core.shutdown()
