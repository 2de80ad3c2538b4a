"""train.py: checks, trains, refuses to replace a better model, measures itself on a foreign set."""

import csv
import json
from pathlib import Path

import pytest
from conftest import ROOT

import train
from intents import load

FAQ = """
entries:
- {id: a, title: 孩子落户, audience: citizen, questions: [新生儿怎么上户口], answer: 带出生证到派出所。, keywords: [落户]}
- {id: b, title: 提取公积金, audience: citizen, questions: [公积金怎么提], answer: 网上办。, keywords: [公积金]}
"""
SENTENCES = {
    "service_x": {
        "a": ["孩子落户", "给宝宝上户口", "新生儿报户口带啥", "娃刚满月户口咋办", "出生登记去哪", "落户要出生证不"],
        "b": ["公积金咋提", "租房提公积金", "公积金取出来要几天", "买房用公积金", "离职公积金能取吗", "公积金网上提"],
    },
    "complaint_y": {
        "c": ["路灯坏了", "路灯不亮一个月", "楼下灯黑", "灯杆不亮", "路灯闪", "整条路灯都灭"],
        "d": ["井盖丢了", "井盖响", "井没盖", "井盖翘起来", "井盖碎了", "窨井盖松"],
    },
    "act_z": {"out-of-scope": ["今天股票咋样", "写首诗", "天气预报", "讲个笑话", "翻译英语", "推荐电影"]},
}  # fmt: skip


@pytest.fixture
def corpus(tmp_path: Path) -> list[str]:
    folder = tmp_path / "intents"
    (folder / "zh").mkdir(parents=True)
    for name in ("twins.yaml", "reports.yaml", "places.yaml"):
        (folder / name).write_text((ROOT / "intents" / name).read_text("utf-8"), "utf-8")
    (folder / "urgent.yaml").write_text("fire: c\n", "utf-8")
    urgent = {
        "danger": ["着火了快来", "楼上冒浓烟", "厨房起火"],
        "calm": {"complaint/c": ["灯火辉煌没关灯"]},
    }
    for name, content in {**SENTENCES, "urgent_fire": urgent}.items():
        text = json.dumps(content, ensure_ascii=False)
        (folder / "zh" / f"{name}.yaml").write_text(text, "utf-8")
    (tmp_path / "faq.yaml").write_text(FAQ, "utf-8")
    return ["--intents", str(folder), "--faq", str(tmp_path / "faq.yaml")]


def test_a_model_is_trained_written_and_loaded(
    tmp_path: Path, corpus: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "var" / "model"
    assert train.main([*corpus, "--output", str(folder), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["labels"] == 5
    assert (folder / "report.md").read_text("utf-8").startswith("# Training report")
    assert {p.suffix for p in folder.iterdir()} >= {".skops", ".json", ".md", ".svg"}
    assert load(folder).understand("给宝宝上户口").alternatives


def test_a_better_model_is_not_replaced(
    tmp_path: Path, corpus: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "var" / "model"
    assert train.main([*corpus, "--output", str(folder)]) == 0
    facts = json.loads((folder / "model.json").read_text("utf-8"))
    facts["report"]["score"] = 1.5
    (folder / "model.json").write_text(json.dumps(facts), "utf-8")
    assert train.main([*corpus, "--output", str(folder)]) == 1
    assert "the old one stays" in capsys.readouterr().err
    assert json.loads((folder / "model.json").read_text("utf-8"))["report"]["score"] == 1.5


def test_check_ends_with_one_only_for_contradictions(
    tmp_path: Path, corpus: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert train.main([*corpus, "--check"]) == 0
    assert "labels too thin" in capsys.readouterr().out
    (tmp_path / "intents/zh/act_w.yaml").write_text("greet: [路灯坏了]\n", "utf-8")
    assert train.main([*corpus, "--check"]) == 1
    assert "路灯坏了: act/greet, complaint/c" in capsys.readouterr().out


def test_a_missing_faq_is_one_clear_line(
    tmp_path: Path, corpus: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert train.main([*corpus[:2], "--faq", str(tmp_path / "none.yaml")]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_the_benchmark_prints_its_five_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [(t, n) for group in SENTENCES.values() for n, texts in group.items() for t in texts]
    paths = []
    for name, part in (("train", rows[::2]), ("test", rows[1::2])):
        paths.append(tmp_path / f"{name}.csv")
        with paths[-1].open("w", encoding="utf-8", newline="") as lines:
            csv.writer(lines).writerows([("text", "label"), *part])
    assert train.main(["--benchmark", str(paths[0]), "--test", str(paths[1]), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert set(figures) == {"macro_f1", "accuracy", "train_seconds", "median_ms", "p99_ms"}


def test_a_benchmark_without_its_columns_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,2\n", "utf-8")
    path = str(tmp_path / "a.csv")
    assert train.main(["--benchmark", path, "--test", path]) == 1
    assert "needs the columns text and label" in capsys.readouterr().err
