"""Every suggestion of the residents' page, pressed: an answer on that matter, or a draft of that complaint."""

from dataclasses import replace

import pytest

from bot.app import Bot
from bot.channels.season import CITIZEN, ENTERPRISE, PROGRESS
from bot.messages import Chat, Message, Reply

LEADS = {  # a word that must stand in the answer's title, or in the question the draft begins with
    "半夜施工太吵": "施工噪声", "暖气不热": "供暖", "积水排不出去": "积水", "小学报名": "小学入学",
    "路面结冰": "积雪结冰", "居民医保缴费": "居民医保", "供暖报停": "停", "个税退税": "个人所得税",
    "柳絮太多": "绿化", "烧烤摊占道": "占道经营", "广场舞太吵": "生活噪声", "路灯坏了": "路灯",
    "早市占道": "占道经营", "新生儿上户口": "新生儿", "补办身份证": "身份证", "申请低保": "最低生活保障",
    "异地就医报销": "异地就医", "企业年报": "年报", "开办公司": "公司", "食品经营许可": "食品经营许可",
    "审批太慢": "办理受阻", "税费优惠": "所得税优惠", "创业担保贷款": "创业担保贷款", "查进度": "还没有工单",
}  # fmt: skip
PRESSED = [
    (audience, chip)
    for audience, wishes in (("citizen", CITIZEN), ("enterprise", ENTERPRISE))
    for chip in (*(wish.chip for wish in wishes), PROGRESS)
]


@pytest.mark.parametrize(
    ("audience", "chip"), PRESSED, ids=[f"{audience} {chip.text}" for audience, chip in PRESSED]
)
def test_a_suggestion_leads_where_it_says(bot: Bot, audience: str, chip: object) -> None:
    text, says = chip.text, chip.says  # type: ignore[attr-defined]

    def press() -> Reply:
        chat = Chat(channel="web", id="suggestion-session")
        conversation = bot.store.chats.conversation(chat)
        bot.store.chats.save(replace(conversation, audience=audience), bot.now())
        message = Message(chat=chat, id="1", text=says, sent_at=bot.now())
        return bot.receive(message)[0]

    reply = bot.call(press)
    assert LEADS[text] in (reply.card.title if reply.card else reply.text)
    questions = reply.card is None and text != PROGRESS.text
    assert not questions or reply.text.startswith("记下了："), "neither an answer nor a draft"
