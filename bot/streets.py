"""Which street a place is on: cut from what the resident wrote, for figures only, never for dispatch."""

import re

UNKNOWN_STREET = "未说明"

_CITY = re.compile(r"辽宁省?|沈阳市?|大东区")
_BREAKS = re.compile(
    r"[\s,，。.、;；:：()（）~|的]|附近|对面|旁边|门口|交叉口|路口|交汇|靠近|就在|位于|住在|地址是?|在|与|和(?![睦平])|跟|到"
)
_SUBDISTRICT = re.compile(r"(?:(?![街路区])[\u4e00-\u9fff]){2,5}街道(?![上边旁两])")
_STREET = re.compile(r"[\u4e00-\u9fff]{1,6}?[街路](?![由灯面边过障道街])")
# words that end like a street and are none
_COMMON = re.compile(
    r"(?:[这那一整半全][条个段]?|门[前口]|小区.*|楼[前后下]|学校|我们?家?|咱们?|背|步行|人行|后|前|主|支|辅|道|修|走|问|上|下|过|沿|逛|出|铁|线|电|水|气|网|思|套|公|高速公|商业|小吃|.{0,2}(?<!大)马|条)[街路]"
    r"|(?:本|这个?|我们?|所在)街道"
)


def street_of(location: str | None) -> str:
    """小河沿路 for 沈阳市大东区小河沿路12号; 未说明 where no street is named."""
    pieces = [piece for piece in _BREAKS.split(_CITY.sub("", location or "")) if piece]
    for pattern in (_SUBDISTRICT, _STREET):
        for piece in pieces:
            found = pattern.search(piece)
            if found and not _COMMON.fullmatch(found[0]):
                return found[0]
    return UNKNOWN_STREET
