"""Cuts details out of a message: place, phone, time, enterprise; masks what must never be kept."""

import re

from intents.meaning import Slots
from intents.normalise import simplify
from intents.places import PlaceFinder

_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}[- ]?(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])[- ]?\d{3}[\dXx](?![0-9A-Za-z])"
)
_BANK = re.compile(r"(?<![\dA-Za-z-])[3-9](?:[ -]?\d){14,18}(?!\d)")
_MOBILE = r"(?:\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})"
_LANDLINE = r"(0\d{2,3}[- ]?\d{7,8}|[48]00[- ]?\d{3}[- ]?\d{4}|[2-8]\d{7}|[2-8]\d{3}[- ]\d{4})"
_PHONE = re.compile(rf"(?<![\dA-Za-z-])(?:{_MOBILE}|{_LANDLINE})(?![\d])")

_PHONE_AND_WORDS = re.compile(
    rf"(?:我的?|俺的?|本人)?(?:联系)?(?:电话|手机|号码|方式)?(?:号码?)?(?:是|为)?[:： ]*{_PHONE.pattern}"
)
SHORTEST_REST = 4  # signs: below it the number is the message

_N = r"[0-9一二三四五六七八九十两俩仨半几]"
_CLOCK = rf"(?:{_N}{{1,3}}[点时](?:半|{_N}{{1,3}}分?|多钟?|来钟|钟)?)"
_DAY = (
    r"大前天|前天|昨天|昨儿个?|今天|今儿个?|明天|后天|昨晚|今晚|今早|昨夜|前晚|上个?(?:礼拜|星期|周)[一二三四五六日天末]?|这个?(?:礼拜|星期|周)[一二三四五六日天末]?"
    r"|上个?月|这个月|去年|前年|今年|周[一二三四五六日末]|礼拜[一二三四五六天]|星期[一二三四五六日天]"
    r"|(?:20)?\d{2}年(?:\d{1,2}月(?:\d{1,2}[日号])?)?|\d{1,2}月\d{1,2}[日号]?|\d{1,2}[号日](?=早|晚|上午|下午|夜|凌晨|中午)"
)
_PART = r"凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|半夜|后半夜|夜里|大半夜|深夜|晌午头?|下晚"
_ABSOLUTE = re.compile(rf"(?:{_DAY})(?:的)?(?:{_PART})?{_CLOCK}?|(?:{_PART}){_CLOCK}")
_LASTING = re.compile(
    rf"(?:都|已经|快|有)?((?:{_N}{{1,4}}|好几|大半)个?(?:多)?(?:年|月|礼拜|星期|周|天|宿|小时|钟头|分钟)(?:多|了|来)?)"
)
_PARTS = re.compile(rf"(?:每天|天天|一到)?(?:{_PART})")

_ENTERPRISE = re.compile(
    r"[一-龥A-Za-z0-9（）()]{2,24}?(?:股份有限公司|有限责任公司|有限公司|集团公司|分公司|合伙企业|个人独资企业|事务所|合作社)"
)
_BEFORE_NAME = re.compile(
    r"^.*?(?:(?:我们?|俺们?|本)?(?:公司|单位|店|厂)(?:名字)?[是叫]|我们是|我是|我们|俺们|我司|这里是|投诉|举报|反映|关于|名字叫|叫做?|名为|在|的|给|是|和|与)"
)


def mask(text: str) -> str:
    """The message with identity and bank card numbers hidden: only this may be stored."""
    text = _IDENTITY.sub(lambda found: _starred(found[0], 3), text)
    return _BANK.sub(_masked_card, text)


def _masked_card(found: re.Match[str]) -> str:
    return found[0] if _PHONE.fullmatch(found[0]) else _starred(found[0], 4)


def _starred(number: str, kept: int) -> str:
    digits = re.sub(r"[ -]", "", number)
    return digits[:kept] + "*" * (len(digits) - kept - 4) + digits[-4:]


def phone(text: str) -> str | None:
    """The first number one can call, as it was typed."""
    found = _PHONE.search(_IDENTITY.sub(lambda m: "#" * len(m[0]), text))
    return (found[1] or found[2]) if found else None


def without_phone(text: str) -> str:
    """The text without a number to call: it says nothing of the matter."""
    rest = _PHONE_AND_WORDS.sub("", text).strip("，,。、 ")
    return rest if len(rest) >= SHORTEST_REST else text


def moment(text: str) -> str | None:
    """When it was or since when: a day or an hour before a length of time, that before a part of the day."""
    if found := _ABSOLUTE.search(text):
        return found[0].strip()
    if found := _LASTING.search(text):
        return found[1]
    return found[0] if (found := _PARTS.search(text)) else None


def enterprise(text: str) -> str | None:
    """The registered name of a firm."""
    found = _ENTERPRISE.search(text)
    return (_BEFORE_NAME.sub("", found[0]) or None) if found else None


def find_slots(text: str, places: PlaceFinder) -> Slots:
    """All details. Simplifying keeps every sign in its place, so a span is cut from what was typed."""
    simple = simplify(text)
    location, street = places.find(simple)
    return Slots(
        location=_as_typed(text, simple, location),
        street=_as_typed(text, simple, street),
        time=moment(simple),
        phone=phone(text),
        enterprise=enterprise(simple),
    )


def _as_typed(text: str, simple: str, span: str | None) -> str | None:
    if span is None or len(text) != len(simple):
        return span
    at = simple.find(span)
    return text[at : at + len(span)]
