"""`mashangban ask` as programs call it: lines in, lines out, in order, by the contract."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

LINES = '合作街烧烤摊天天占道没人管\n{"id": "q7", "text": "身份证丢了怎么补办"}\n{不是JSON\n家里一股煤气味，头晕\n'


def ask(model_folder: Path, text: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "ask", *options, "-"],
        input=text, capture_output=True, text=True, cwd=ROOT, check=False,
        env={**os.environ, "MASHANGBAN_MODEL": str(model_folder)},
    )  # fmt: skip


@pytest.fixture(scope="module")
def answers(model_folder: Path) -> list[dict[str, object]]:
    done = ask(model_folder, LINES, "--explain")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_line_is_answered_in_order(answers: list[dict[str, object]]) -> None:
    assert [answer["id"] for answer in answers] == ["1", "q7", "3", "4"]


def test_a_line_has_the_fields_of_the_contract(answers: list[dict[str, object]]) -> None:
    fields = {
        "id",
        "text",
        "route",
        "label",
        "confidence",
        "alternatives",
        "urgent",
        "slots",
        "reply",
    }
    for answer in answers:
        assert fields <= set(answer)
        assert set(answer["slots"]) >= {"location", "street", "time", "phone"}  # type: ignore[call-overload]


def test_what_is_said_is_understood(answers: list[dict[str, object]]) -> None:
    stall, card, _, gas = answers
    assert (stall["route"], stall["slots"]["location"]) == ("complaint", "合作街")  # type: ignore[index]
    assert (card["route"], card["label"]) == ("answer", "idcard-lost")
    assert gas["urgent"] == "gas-leak"
    assert "119" in str(gas["reply"])
    assert stall["words"]


def test_a_missing_model_is_one_clear_line(tmp_path: Path) -> None:
    done = ask(tmp_path / "nothing", "你好\n")
    assert done.returncode == 1
    assert "train.py" in done.stderr
    assert "Traceback" not in done.stderr
