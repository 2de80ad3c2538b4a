"""The bot's sentences, the operator's files and the small readings of a resident's words."""

import re
from datetime import date

import pytest
from conftest import ROOT

from bot import reading
from bot.clocks import load_policies
from bot.departments import load_directory
from bot.duplicates import alike
from bot.errors import ConfigError
from bot.faq import load_faq
from bot.redact import mask, mask_for_outside, mask_name, names_in
from bot.replies import faults_of_reply, review
from bot.settings import Secret, Settings
from bot.tickets import KIND_NAMES, STATE_NAMES, Kind, State
from bot.wording import load_wording

# -- wording ------------------------------------------------------------------------------------


def test_every_sentence_that_the_code_says_is_written() -> None:
    written = load_wording().keys()
    said: set[str] = set()
    for path in (ROOT / "bot").rglob("*.py"):
        said |= set(
            re.findall(
                r"""(?:\bsay|with_buttons|_reply|reply)\(\s*"([a-z_]+)\"""", path.read_text("utf-8")
            )
        )
    assert said - written == set()


@pytest.mark.parametrize("word", ["请耐心等待", "高度重视", "敬请", "该诉求", "予以"])
def test_no_sentence_is_officialese(word: str) -> None:
    assert word not in (ROOT / "bot" / "data" / "wording.yaml").read_text("utf-8")


def test_every_state_and_type_has_its_name() -> None:
    assert set(STATE_NAMES) == set(State)
    assert set(KIND_NAMES) == set(Kind)


def test_units_categories_and_clocks_agree() -> None:
    directory, (policies, _) = load_directory(), load_policies()
    assert len(directory.categories) == 61
    assert {kind.clock for kind in directory.urgent.values()} <= set(policies.classes)
    assert {kind.value for kind in Kind} <= set(policies.classes)
    for kind in directory.urgent.values():
        assert kind.category is None or kind.category in directory.categories


# -- faq.yaml -------------------------------------------------------------------------------------


def test_the_answers_are_whole_and_dated() -> None:
    faq = load_faq(ROOT / "faq.yaml", set(load_directory().departments))
    assert len(faq.entries) == 274
    assert all(entry.basis for entry in faq.entries.values())
    assert faq.asked_word_for_word(next(iter(faq.entries.values())).questions[0])


GOOD = """review_every_days: 365
entries:
- id: a-one
  title: 第一件事
  audience: both
  department: police
  questions: [怎么办第一件事？]
  answer: 带上身份证到窗口办理就可以了。
  basis: [《某某条例》第一条]
  reviewed_on: 2026-11-23
"""


@pytest.mark.parametrize(
    ("change", "line", "remedy"),
    [
        (("audience: both", "audience: all"), 5, "not one of the values"),
        (("department: police", "department: polise"), 6, "departments.yaml"),
        (("reviewed_on: 2026-11-23", "reviewed_on: gestern"), 10, "2026-11-23"),
        (("  basis: [《某某条例》第一条]\n", ""), 3, "required"),
        (("title: 第一件事", "titel: 第一件事"), 4, "no such field"),
        (("answer: 带上", 'answer: "带上'), 8, "not valid YAML"),
    ],
)
def test_a_broken_faq_names_the_line_and_the_remedy(
    change: tuple[str, str], line: int, remedy: str, tmp_path
) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "faq.yaml"
    path.write_text(GOOD.replace(*change), "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_faq(path, {"police"})
    assert remedy in str(caught.value)
    named = [int(n) for n in re.findall(r"faq\.yaml:(\d+)", str(caught.value))]
    assert any(abs(n - line) <= 2 for n in named), caught.value


def test_an_entry_past_its_review_is_stale(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "faq.yaml"
    path.write_text(GOOD, "utf-8")
    faq = load_faq(path)
    entry = faq.entries["a-one"]
    assert faq.is_fresh(entry, date(2027, 11, 23))
    assert not faq.is_fresh(entry, date(2027, 11, 24))


# -- replies ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ("收到", "short"),
        ("您反映的问题我单位高度重视，将尽快安排人员处理，感谢您的关注。", "vague"),
        ("经了解这条路的情况确实如您所说，感谢您对城市建设的支持和理解。", "deed"),
        ("11月24日现场查看，已联系业主张某，身份证210103199001011234，已清理完成。", "privacy"),
    ],
)
def test_an_empty_reply_is_kept_back(reply: str, code: str) -> None:
    assert code in {fault.code for fault in faults_of_reply(reply)}


CANNOT = "11月24日我们到现场核实，您家窗户不符合改造条件，办不了"


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ("。有事在这里说。", {"no_basis", "no_way"}),
        ("，依据《老旧小区改造实施方案》第八条。", {"no_way"}),
        ("，您可以自己申请节能补贴，到区房产局窗口办。", {"no_basis"}),
        ("，依据《老旧小区改造实施方案》第八条。您可以申请节能补贴，到区房产局窗口办。", set()),
    ],
)
def test_who_says_no_names_the_basis_and_another_way(more: str, codes: set[str]) -> None:
    assert {fault.code for fault in faults_of_reply(CANNOT + more)} == codes


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("没再犯", True), ("没有再出现。", True), ("管住了", True), ("一直挺好的", True),
        ("又犯了", False), ("没管住", False), ("又不行了", False), ("还有呢", False),
        ("又有个井盖坏了", None), ("暖气不热", None), ("好的", None), ("谢谢", None),
    ],
)  # fmt: skip
def test_a_few_words_say_whether_it_held(text: str, held: bool | None) -> None:
    assert reading.says_it_held(text) is held


def test_a_reply_with_deed_and_result_may_leave() -> None:
    assert not faults_of_reply(
        "11月24日上午到现场查看，井盖松动，当天下午已更换，现在平稳，联系电话12345。"
    )


def test_copied_text_is_shown() -> None:
    text = "11月24日上午到现场查看，井盖松动，当天下午已更换，现在平稳，联系电话12345。"
    assert "copied" in {fault.code for fault in review(text, [text])}


# -- readings ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("dd20261124-0001咋样了", "DD20261124-0001"),
        ("DD20261124-12345", "DD20261124-12345"),
        ("2026-11", None),
    ],
)
def test_a_ticket_number_is_found(text: str, number: str | None) -> None:
    assert reading.ticket_number(text) == number


@pytest.mark.parametrize("text", ["我要投诉", "投诉", "反映个问题", "我想举报一下", "报修"])
def test_a_bare_wish_to_complain_is_only_a_beginning(text: str) -> None:
    assert reading.bare_complaint(text)


@pytest.mark.parametrize("text", ["我要投诉楼上装修", "投诉电话是多少", "举报电话"])
def test_a_matter_is_more_than_a_bare_wish(text: str) -> None:
    assert not reading.bare_complaint(text)


@pytest.mark.parametrize("text", ["匿名", "别让人知道是我", "不想留名", "要保密啊"])
def test_a_wish_for_secrecy_is_heard(text: str) -> None:
    assert reading.wants_anonymity(text)


def test_a_correction_gives_both_places() -> None:
    assert reading.correction("不是津桥路，是新津街，打错了") == ("津桥路", "新津街")


# -- duplicates, masks, settings ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("锦绣小区8号楼", "锦绣小区8号楼门口", True),
        ("锦绣小区8号楼", "锦绣小区9号楼", False),
        ("津桥路", "津桥路附近", True),
        ("津桥路", "北海街", False),
    ],
)
def test_one_place_is_told_from_another(one: str, other: str, same: bool) -> None:
    assert (alike(one, other) >= 0.75) is same


def test_masks_hide_what_points_at_a_person() -> None:
    text = "我叫张三，13812345678，身份证210103199001011234，卡6222021234567890123"
    masked = mask(text)
    for secret in ("12345678", "19900101", "6222021234567890123"):
        assert secret not in masked
    assert mask_name("张小三") == "张**"


def test_secrets_do_not_show_themselves() -> None:
    assert "abc" not in repr(Settings(telegram_token=Secret("abc")))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("TELEGRAM_STAFF_CHAT", "group"),
        ("MASHANGBAN_BASE_URL", "example.org"),
        ("MASHANGBAN_STAFF_IDLE_MINUTES", "0"),
        ("MASHANGBAN_DB", "mysql://localhost/bot"),
        ("TELEGRAM_WEBHOOK_SECRET", "两个 words"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Settings.from_env({name: value})


# -- documents ----------------------------------------------------------------------------------------


def test_every_command_and_setting_is_in_the_readme() -> None:
    from bot.cli import cli

    readme = (ROOT / "README.md").read_text("utf-8")
    for name, command in cli.commands.items():
        assert f"`{name}" in readme, name
        for sub in getattr(command, "commands", {}):
            assert f"{name} {sub}" in readme, f"{name} {sub}"
    source = (ROOT / "bot" / "settings.py").read_text("utf-8")
    for setting in re.findall(r'"((?:MASHANGBAN|TELEGRAM)_[A-Z_]+)"', source):
        assert setting in readme, setting
        assert setting in (ROOT / ".env.example").read_text("utf-8"), setting


@pytest.mark.parametrize(
    ("text", "outside"),
    [
        (
            "我叫李四，住合作街12号楼3单元501，电话138-1234-5678",
            "我叫李*，住合作街*号楼*单元*，电话138****5678",
        ),
        ("微信lisi8899，邮箱li@qq.com，车牌辽A12345", "微信***，邮箱***，车牌辽A*****"),
        ("黄桥路3-2-501漏水，二单元三楼也漏", "黄桥路*漏水，*单元*楼也漏"),
        ("李四您好，小李师傅11月3日8:30-9:00到", "李*您好，小李师傅11月3日8:30-9:00到"),
        ("工单DD20261102-0001：依据《条例》第12条，2026-11-03处理完毕，打12345", None),
        ("高楼层水压低，十几户没水，3号线地铁口也是", None),
    ],
)
def test_who_is_outside_reads_no_name_no_flat_and_no_account(
    text: str, outside: str | None
) -> None:
    assert mask_for_outside(text, names_in([text], None)) == (outside or text)


def test_a_name_beside_the_phone_is_masked_wherever_it_stands() -> None:
    names = names_in([], "王小明 13812345678")
    assert mask_for_outside("已联系王小明，约好上门", names) == "已联系王**，约好上门"
    assert names_in([], "下班后打13812345678") == frozenset()
