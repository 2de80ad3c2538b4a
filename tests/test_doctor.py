"""doctor: what is wrong is said in one sentence that names the remedy, and exit 1 follows."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.commands import upkeep
from bot.errors import BotError

ROOT = Path(__file__).parent.parent


def examine(tmp_path: Path, **env: str) -> Result:
    """Without the model and the network."""
    known = {
        "MASHANGBAN_DB": str(tmp_path / "bot.sqlite3"),
        "MASHANGBAN_FILES": str(tmp_path / "files"),
        "MASHANGBAN_FAQ": str(ROOT / "faq.yaml"),
        "TELEGRAM_TOKEN": "",
    }
    with pytest.MonkeyPatch.context() as patch:
        checks = {name: upkeep.CHECKS[name] for name in ("database", "staff", "disk", "telegram")}
        patch.setattr(upkeep, "CHECKS", checks)
        return CliRunner().invoke(cli, ["doctor"], env={**known, **env})


def test_a_fresh_machine_misses_only_people(tmp_path: Path) -> None:
    result = examine(tmp_path)
    assert isinstance(result.exception, BotError)
    assert "1 thing(s)" in str(result.exception)
    assert "run `mashangban staff add NAME --role admin`" in result.output


def test_a_database_that_does_not_open_is_one_fault(tmp_path: Path) -> None:
    (tmp_path / "none").write_text("no database at all")
    result = examine(tmp_path, MASHANGBAN_DB=str(tmp_path / "none"))
    assert "1 thing(s)" in str(result.exception)
    assert "staff: not looked at" in result.output


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upkeep.os, "access", lambda place, _: "files" not in str(place))
        (tmp_path / "files").mkdir()
        result = examine(tmp_path)
    assert f"wrong disk: {tmp_path / 'files'} cannot be written" in result.output


def test_telegram_sends_only_to_https(tmp_path: Path) -> None:
    result = examine(tmp_path, TELEGRAM_TOKEN="1:a", TELEGRAM_WEBHOOK_URL="http://plain.example")
    assert "https:// addresses; mend TELEGRAM_WEBHOOK_URL" in result.output
