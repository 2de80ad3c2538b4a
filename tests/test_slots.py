"""Details cut out of a message, exactly as they were typed."""

from pathlib import Path

import pytest
import yaml

from intents.places import PlaceFinder, read_places
from intents.slots import enterprise, find_slots, mask, moment, phone
from intents.tokenizer import Tokenizer

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def places() -> PlaceFinder:
    return PlaceFinder(Tokenizer().words, read_places(ROOT / "intents/places.yaml"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("北海街与联合路交叉口红灯太短", "北海街与联合路交叉口"),
        ("家住津桥街道的老人", "津桥街道"),
        ("松柏社区12号楼没电梯", "松柏社区12号楼"),
        ("松柏社区附近老有人放炮", "松柏社区"),
        ("我在望花街那边摆摊", "望花街"),
        ("上园路路灯坏了", "上园路"),
        ("朱尔屯村口堆垃圾", "朱尔屯"),
        ("榆林大街路北停满了车", "榆林大街"),
        ("大东区大东路有个坑", "大东区大东路"),
        ("小河沿早市太挤", "小河沿早市"),
        ("東塔街夜裡有人唱歌", "東塔街"),
        ("管城二街药房卖假药", "管城二街"),
        ("翠华社区小广场的健身器材断了", "翠华社区小广场"),
        ("津桥路15号楼道里堆满杂物", "津桥路15号"),
    ],
)
def test_a_place_is_found_exactly(places: PlaceFinder, text: str, expected: str) -> None:
    assert find_slots(text, places).location == expected


@pytest.mark.parametrize(
    "text",
    [
        "小区里的路灯不亮",
        "我家楼下有人唱歌",
        "孩子上小学要什么材料",
        "走路的时候差点掉进去",
        "前面十字路口红绿灯坏了",
        "加油站涨价了",
        "那条马路没人扫",
        "整条街都是垃圾",
        "小区小广场有人跳舞",
        "怎么修路也不贴通知",
    ],
)
def test_a_general_word_is_no_place(places: PlaceFinder, text: str) -> None:
    assert find_slots(text, places).location is None


def test_most_held_out_places_are_found_exactly(places: PlaceFinder) -> None:
    rows = yaml.safe_load((ROOT / "tests/sentences/places.yaml").read_text("utf-8"))
    named = [r for r in rows if r["location"]]
    right = [find_slots(r["text"], places).location == r["location"] for r in named]
    assert sum(right) / len(right) >= 0.8
    bare = [r for r in rows if not r["location"]]
    assert sum(find_slots(r["text"], places).location is not None for r in bare) <= 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A市B3区地下车库天天积水", "地下车库天天积水"),
        ("XX镇的自来水发黄", "的自来水发黄"),
        ("某区长说的话", "某区长说的话"),
    ],
)
def test_a_place_that_a_published_letter_hides_is_left_out_of_the_matter(
    places: PlaceFinder, text: str, expected: str
) -> None:
    assert places.without(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("吉祥苗苗幼儿园乱收费", "幼儿园乱收费"),
        ("望花街吉祥小学什么时候能建成", "小学什么时候能建成"),
        ("津桥路的路灯不亮", "的路灯不亮"),
    ],
)
def test_the_kind_of_a_place_stays_in_the_matter(
    places: PlaceFinder, text: str, expected: str
) -> None:
    assert places.without(text) == expected


def test_the_street_is_given_beside_the_place(places: PlaceFinder) -> None:
    slots = find_slots("观泉路松柏社区3号楼漏水", places)
    assert (slots.location, slots.street) == (
        "观泉路松柏社区3号楼",
        None,
    ) or slots.street == "观泉路"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我电话13800001234", "13800001234"),
        ("打138 0000 1234找我", "138 0000 1234"),
        ("座机024-88881234", "024-88881234"),
        ("单号DD20261101-0112", None),
        ("身份证210104199001011234", None),
        ("楼号12345", None),
    ],
)
def test_a_phone_number_is_told_from_other_numbers(text: str, expected: str | None) -> None:
    assert phone(text) == expected


def test_identity_and_bank_card_numbers_are_masked_and_phones_are_not() -> None:
    masked = mask("我身份证21010419900101123X，卡号6222 0212 3456 7890 123，电话13800001234")
    assert "19900101" not in masked
    assert "3456" not in masked
    assert "123X" in masked
    assert "13800001234" in masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("昨天晚上十点还在施工", "昨天晚上十点"),
        ("路灯坏了三天了", "三天了"),
        ("一到半夜就放歌", "一到半夜"),
        ("孩子怎么上户口", None),
    ],
)
def test_the_time_is_cut_out(text: str, expected: str | None) -> None:
    assert moment(text) == expected


def test_a_firm_is_known_by_its_registered_name() -> None:
    assert enterprise("投诉沈阳好运来餐饮管理有限公司乱收费") == "沈阳好运来餐饮管理有限公司"
    assert enterprise("楼下饭馆太吵") is None
