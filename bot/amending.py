"""How a message changes the draft that is being shown. Pure functions."""

import re
from dataclasses import replace

from bot import reading
from bot.forms import Form
from bot.turns import Heard

SHORT_ADDITION = 24  # signs: a phone, a name, a company; more is a fact of its own
_YES = re.compile(
    r"^(?:对|是的|是(?=[\s，,。.!！啊呀]|$)|嗯+|恩|好的?|行|中|确认|没错|可以)[\s，,。.!！啊呀吧呢的了对]*"
)
_NAMES = re.compile(
    r"我?的?(?:联系)?(?:电话|手机号?|号码|单位|公司|企业|时间|地址|地点|位置)(?:名称?|叫)?[是：:在]?|等等|[在是我叫的]"
)
ONLY_ITS_NAME = 1  # signs beside a phone or a place that are no fact


def amended(known: Form, form: Form, heard: Heard, matter: str | None) -> tuple[Form, bool]:
    """The draft after the words (`form` has their slots already), and whether they file it too.

    `matter`: the category they are most probably about.
    """
    words = heard.text.strip()
    agreed = _YES.match(words)
    rest = words[agreed.end() :] if agreed else words
    complains = heard.meaning.route == "complaint"
    known, form = replace(known, wrong=False), _elsewhere(known, form, heard)
    if form != known and len(rest) <= SHORT_ADDITION and not complains:
        if (
            _left(rest, form) > ONLY_ITS_NAME
        ):  # “昨天下大雪给我家送药” has a time, and is a fact too
            form = replace(form, detail=f"{known.detail}。{words}")
        return form, bool(agreed and form.contact != known.contact)
    if agreed and rest and known.location and not complains:
        return replace(form, location=f"{known.location}（{rest}）"), False
    if rest:
        form = replace(form, detail=f"{known.detail}。{words}")
    if matter not in (None, known.category) and reading.begins_another(words) and not form.second:
        form = replace(form, second=f"complaint/{matter}")  # offered once this is filed
    return form, False


def _left(rest: str, form: Form) -> int:
    """Signs of the words beside what has gone into a field of its own."""
    for taken in (form.location, form.contact, form.enterprise):
        rest = rest.replace(taken or "", "") if taken else rest
    return sum(sign.isalnum() for sign in _NAMES.sub("", rest))


def _elsewhere(known: Form, form: Form, heard: Heard) -> Form:
    """A fuller address of the same place, or the right one after a no."""
    place = heard.meaning.slots.location
    if not place or place == known.location:
        return replace(form, wrong=False)
    fuller = bool(known.location and known.location in place)
    form = replace(form, wrong=False)
    return replace(form, location=place) if fuller or known.wrong else form
