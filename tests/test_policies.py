"""clocks.yaml: what it says is read, and what does not fit is named."""

from pathlib import Path

import pytest
from clock_words import policies

from bot.clocks import CLOCKS
from bot.deadlines import load_policies
from bot.errors import ConfigError


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("sign: {minutes: 15}", "sign: {minutes: 15, days: 1}", r"classes\.danger\.sign.*either"),
        ("sign: {minutes: 15}", "sign: {}", r"classes\.danger\.sign.*either"),
        ("minutes: 15}", "minutes: 0}", r"classes\.danger\.sign\.minutes"),
        ("minutes: 15}", "minutes: yes}", r"classes\.danger\.sign\.minutes"),
        ("name: 特急, ", "", r"classes\.danger\.name"),
        ("name: 特急", "nmae: 特急", r"classes\.danger\.nmae"),
        ("praise:", "prise:", "add praise"),
        ("warn_at: [50, 80]", "warn_at: [80, 50]", "rising order"),
        ("warn_at: [50, 80]", "warn_at: [50, 100]", r"warn_at\.1"),
        ('["13:00", "17:00"]', "[13:00, 17:00]", r"working_time\.1\.0.*in quotes"),
        ('"13:00"', '"11:00"', "not touch or overlap"),
        ('"08:30"', '"8 Uhr"', r"working_time\.0\.0.*in quotes"),
        ("claim_minutes: 60", "claim_minute: 60", "claim_minutes"),
        ("extra_holidays: []", "extra_holidays: [2026-13-01]", r"month must be.*extra_holidays"),
        ("classes:", "classes: [", "not valid YAML"),
    ],
)
def test_a_wrong_file_is_refused_with_what_to_mend(
    tmp_path: Path, old: str, new: str, named: str
) -> None:
    text = CLOCKS.read_text("utf-8")
    assert old in text
    (tmp_path / "clocks.yaml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ConfigError, match=rf"(?s)clocks\.yaml.*{named}"):
        load_policies(tmp_path / "clocks.yaml")


def test_every_fault_is_named_at_once_and_an_empty_or_missing_file_too(tmp_path: Path) -> None:
    path = tmp_path / "clocks.yaml"
    with pytest.raises(ConfigError, match="missing; restore it"):
        load_policies(path)
    path.write_text("", "utf-8")
    with pytest.raises(ConfigError, match="the file"):
        load_policies(path)
    path.write_text("warn_at: [0]\nclaim_minutes: many\n", "utf-8")
    with pytest.raises(ConfigError, match=r"(?s)warn_at\.0.*claim_minutes"):
        load_policies(path)


def test_a_holiday_cannot_be_a_workday(tmp_path: Path) -> None:
    path = tmp_path / "clocks.yaml"
    text = CLOCKS.read_text("utf-8").replace("holidays: []", "holidays: [2027-01-01]")
    path.write_text(text, "utf-8")
    assert load_policies(path)[1].knows(2027)
    path.write_text(text.replace("workdays: []", "workdays: [2027-01-01]"), "utf-8")
    with pytest.raises(ConfigError, match="both have 2027-01-01"):
        load_policies(path)


def test_the_districts_defaults_are_read() -> None:
    assert policies.return_days(hard=True) == 2
    assert policies.return_days(hard=False) == 1
    assert policies.extension == (2, 5)
    assert policies.policy("danger").label == "特急"
