"""Masks what points at a person: numbers for logs and the duty group, and much more for people outside."""

import re
from collections.abc import Iterable

_ID_CARD = re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)")
_BANK_CARD = re.compile(r"(?<!\d)(\d{4})(?:[ -]?\d{4}){2,3}[ -]?\d{0,3}(\d{4})(?!\d)")
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3}-?\d{2})\d{3,4}(\d{2})(?!\d)")
LONGEST_HEADLINE = 28  # signs


def mask_secrets(text: str) -> str:
    """Identity and bank cards: never kept in full, not even for the handler."""
    text = _ID_CARD.sub(r"\1********\2", text)
    return _BANK_CARD.sub(r"\1********\2", text)


def mask_phones(text: str) -> str:
    text = _MOBILE.sub(r"\1****\2", text)
    return _LANDLINE.sub(r"\1***\2", text)


def mask(text: str) -> str:
    """Everything that points at a person."""
    return mask_phones(mask_secrets(text))


# -- for people outside the house -----------------------------------------------------------------------

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤佟关那"
)
_NAME = rf"[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}"
_ENDS = r"(?=[\s，,。.；;、：:！!？?（()）\d]|$)"
_SELF = re.compile(rf"(?:我叫|我是|我姓名|本人|姓名|联系人|叫我)[是为：:\s]*({_NAME}){_ENDS}")
_ADDRESSED = re.compile(rf"({_NAME})(?=(?:您|你)好|先生|女士|同志|大爷|大妈|阿姨|师傅)")
_WRITTEN = re.compile(rf"(?<![\u4e00-\u9fff]){_NAME}(?![\u4e00-\u9fff])")
_DIGITS = r"[0-9０-９一二三四五六七八九十百]"
_HOUSE = re.compile(
    rf"{_DIGITS}+(?=(?:号|栋|幢|单元|室|户|门|楼|层)(?!线))|(?<=单元){_DIGITS}+|(?<=楼){_DIGITS}{{3,4}}(?!\d)"
    r"|(?<![\d:：A-Za-z-])\d{1,3}(?:[-－]\d{1,4}){1,3}(?![\d-])"
)
_ACCOUNT = re.compile(
    r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|(?i:(?<=微信)|(?<=QQ)|(?<=扣扣)|(?<=wx))[号是为：:\s]*[A-Za-z0-9_-]{5,}"
)
_PLATE = re.compile(
    r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z])[·\s]?[A-Z0-9]{5,6}"
)


def names_in(texts: Iterable[str], contact: str | None) -> frozenset[str]:
    """What residents call themselves, are called, or wrote beside their phone."""
    found = set(_WRITTEN.findall(contact or ""))
    for text in texts:
        found |= {*_SELF.findall(text), *_ADDRESSED.findall(text)}
    return frozenset(found)


def mask_for_outside(text: str, names: Iterable[str] = ()) -> str:
    """No phone, no account, no plate, no number of a house or a flat, none of these names."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, mask_name(name))
    text = mask(_ACCOUNT.sub("***", text))
    return _PLATE.sub(r"\1*****", _HOUSE.sub("*", text))


def mask_name(name: str) -> str:
    """张** for 张小三."""
    return name[:1] + "*" * (len(name) - 1)


def headline(detail: str) -> str:
    """The first clauses of the resident's own words, for lists: what no category name says."""
    first = re.split(r"[。！!？?\n]", mask_phones(detail).strip(), maxsplit=1)[0]
    if len(first) <= LONGEST_HEADLINE:
        return first
    cut = max(first.rfind(sign, 8, LONGEST_HEADLINE) for sign in "，,、 ")
    return first[:cut] if cut > 0 else first[: LONGEST_HEADLINE - 1] + "…"
