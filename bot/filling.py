"""How a message fills or changes a draft: slots, corrections, the answer to a question. Pure functions."""

import re
from dataclasses import replace

from bot import reading
from bot.forms import ABOUT_ENTERPRISES, Field, Form
from bot.turns import Heard

MORE_THAN_THE_PLACE = 4  # signs beside the place that make an answer worth keeping in the matter
BARE_PLACE = 20  # signs: an answer to “where” that is nothing but the place
SURE = 0.8
LONGEST_PLACE = 60  # signs: a longer answer to “where” is a story, kept in the detail too
_COMPANY = re.compile(
    r"(?:^|[，,。：: ]|是|叫)(?:(?:我们?|俺们?|本|这里)?(?:公司|单位|店|厂)?(?:名字)?[是叫])?(?P<name>[一-龥A-Za-z0-9（）]{4,20}(?:公司|厂|店|合作社))(?:$|[，,。；; ])"
)
_UNNAMED = re.compile(r"[，,。 ]*(?:匿名|不留名|别让人知道.*|保密)[。！!]*$")
_WHERE = re.compile(
    r"[路街巷道弄号楼栋座层门口院区村屯桥站店厂校场园库塔寺河渠沟市局厅所铺馆里边旁侧对头后前东西南北附近隔壁家]|单元|\d"
)
_ENDS_IN_A_PLACE = re.compile(
    r"(?:[边旁口近面里外前后下上块侧处角儿路街巷道园区院楼号栋层校站店场桥村屯家]|单元)[。.!！]*$"
)
_BESIDE = re.compile(
    r"[\W_]|等等|等一?下|说?错了|不对|不是|对了|应该|[哦嗯啊呢吧]|[我俺咱]?们?家|就是?|是|在|的|[那这]一?[块边儿]|门口|楼[上下前后]|路[口边]|[旁对]边?|对面|附近|隔壁|[东南西北里外前后]边?|\d+|[号栋楼层单元]"
)
_ONLY_A_PHONE = re.compile(r"(?:我的)?(?:电话|手机号?)?[是：:]?\s*1\d{10}[。.]?")
_CLAUSE = re.compile(r"[^，,。；; ]+")
_PLACE_WORDS = re.compile(r"(?:我家|我们|俺们?)?(?:就)?(?:在|是在|位于|靠|靠近|挨着)?")


def take(form: Form, heard: Heard) -> Form:
    """Slots, pictures and wishes of a message."""
    slots, message = heard.meaning.slots, heard.message
    company = slots.enterprise or (
        _company(heard.text) if form.category in ABOUT_ENTERPRISES else None
    )
    return replace(
        form,
        location=form.location or slots.location,
        time=form.time or slots.time,
        contact=slots.phone or form.contact,
        enterprise=form.enterprise or company,
        spot=message.location or form.spot,
        anonymous=form.anonymous or reading.wants_anonymity(heard.text),
        attachments=(*form.attachments, *message.attachments),
    )


def _company(text: str) -> str | None:
    found = _COMPANY.search(text)
    return found["name"] if found else None


def correct(form: Form, heard: Heard) -> Form | None:
    found = reading.correction(heard.text)
    if found is None or not (form.location or form.detail):
        return None
    wrong, right = found
    place = form.location
    if place and wrong in place:
        place = place.replace(wrong, right)
    elif place and (heard.meaning.slots.location or "").startswith(right[:2]):
        place = right
    elif wrong not in form.detail:
        return None
    return replace(form, location=place, detail=form.detail.replace(wrong, right))


def place_of(words: str, found: str | None) -> str:
    """The place of an answer to “where”: its clauses that say where, the flat number too."""
    typed = _UNNAMED.sub("", _PLACE_WORDS.sub("", words.strip(), count=1))[:LONGEST_PLACE]
    end = 0
    for clause in _CLAUSE.finditer(typed):
        if end and not _WHERE.search(clause[0]):
            break
        end = clause.end()
    typed = typed[:end]
    return typed if len(typed) <= BARE_PLACE or not found else found


def only_a_place(heard: Heard) -> bool:
    """An address and hardly a word more: an answer to “where”, or a matter still to be told."""
    place = heard.meaning.slots.location
    return bool(place) and len(heard.text) - len(place or "") <= MORE_THAN_THE_PLACE


def only_where(heard: Heard) -> bool:
    """A place among words that say where, and not one of what happens: “就我家门口 滂江街那块”."""
    place = heard.meaning.slots.location
    return bool(place) and not _BESIDE.sub("", heard.text.replace(place or "", "", 1))


def only_a_detail(heard: Heard) -> bool:
    """A place or a phone by itself (a contact card, say): the matter is still to be told."""
    return only_a_place(heard) or only_a_phone(heard)


def only_a_phone(heard: Heard) -> bool:
    return bool(_ONLY_A_PHONE.fullmatch(heard.text.strip()))


def is_no_matter_yet(heard: Heard, category: str | None) -> bool:
    """“我要投诉”, or only an address: what happened is still to be told."""
    return reading.bare_complaint(heard.text) or (category is None and only_a_detail(heard))


def tells_where(heard: Heard) -> bool:
    """Whether words can be an answer to “where”; “路灯不亮” has a 路 in it and tells what."""
    meaning, words = heard.meaning, heard.text.strip()
    if meaning.slots.location:
        return True
    what = meaning.route == "complaint" and meaning.confidence >= SURE
    return bool(_WHERE.search(words)) and not (what and not _ENDS_IN_A_PLACE.search(words))


def moved(form: Form, heard: Heard) -> Form | None:
    """A message that is nothing but a place, while the draft is shown: that is where it is."""
    place = heard.meaning.slots.location
    if place == form.location or not only_a_place(heard):
        return None
    return replace(form, location=place)


def answered(form: Form, known: Form, words: str, asked: Field) -> Form:
    """The answer to “where” or “which company”; a long one is also part of the matter."""
    if asked is Field.ENTERPRISE:
        form = replace(form, enterprise=form.enterprise or words[:LONGEST_PLACE])
        more = len(words) > LONGEST_PLACE
    else:
        place = place_of(words, form.location)
        form = replace(form, location=place)
        more = len(words) - len(place) > MORE_THAN_THE_PLACE
    return replace(form, detail=f"{known.detail}。{words}") if more else form
