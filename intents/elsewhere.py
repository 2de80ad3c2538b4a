"""A matter of another city or another district of Shenyang: ours to point the way, not to file or answer.

Naming another place is not enough: people move, claim and transfer between places, and ask us about it.
"""

import re

_DISTRICTS = "和平|沈河|皇姑|铁西|浑南|于洪|沈北新?|苏家屯|辽中|新民|康平|法库"
_CITIES = (
    "北京|上海|天津|重庆|广州|深圳|大连|抚顺|鞍山|本溪|丹东|锦州|营口|阜新|辽阳|盘锦|铁岭|葫芦岛|长春|吉林市|四平|通化|哈尔滨|齐齐哈尔|大庆|"
    "牡丹江|成都|绵阳|杭州|宁波|温州|南京|苏州|无锡|徐州|武汉|宜昌|西安|咸阳|青岛|济南|烟台|潍坊|郑州|洛阳|厦门|福州|泉州|石家庄|唐山|太原|"
    "呼和浩特|包头|赤峰|通辽|南宁|桂林|昆明|贵阳|遵义|兰州|西宁|银川|乌鲁木齐|拉萨|海口|三亚|长沙|株洲|南昌|赣州|合肥|芜湖|东莞|佛山|珠海|香港|澳门|台北|台湾"
)
_PROVINCES = "吉林省?|黑龙江|河北|河南|山东|山西|陕西|四川|云南|贵州|广东|广西|海南|福建|江苏|浙江|安徽|江西|湖北|湖南|内蒙古?|新疆|西藏|青海|甘肃|宁夏"
_PLACE = re.compile(
    rf"(?:(?:{_DISTRICTS})(?:区|县|那边|那头|这边)|沈阳(?:市)?(?:{_DISTRICTS})|(?:{_CITIES})(?:市)?|(?:{_PROVINCES})(?:省|那边)?)"
    r"(?!路|街|大街|道|巷|小区|家园|花园|烧烤|拉面|菜|火锅|面馆|饭店|酒店|银行|啤酒)"
)
_OURS = re.compile(r"大东")
_BETWEEN_PLACES = re.compile(
    r"转(?:到|回|移|过来|来|入|出|沈阳)?|迁|异地|外地|跨省|回(?:来|沈阳|咱)|落户|户口|户籍|老家|籍|身份证|从.{0,12}(?:来|到)|去.{0,8}(?:上大学|看病|住院|读书|打工|旅游|出差|养老)|"
    r"(?:买|交|缴|上)(?:的|过|了)|那边.{0,10}(?:交|缴|参保)|随军|工作|居住|报销|备案|高速|违章|自驾|沈阳|咱|签注|玩|常年|那几年|过冬|长期住|旅行社|团"
)
_TRAVEL = re.compile(r"旅行社|旅游团|导游|[一-龥]{1,4}团|跟团|快递|发货|机票|车票|航班")


def is_elsewhere(text: str, route: str) -> bool:
    """Whether the matter itself lies elsewhere; `route` is what it would be here."""
    if _OURS.search(text) or not _PLACE.search(text):
        return False
    if route == "complaint":
        return not _TRAVEL.search(text)
    return not _BETWEEN_PLACES.search(text)
