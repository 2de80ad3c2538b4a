"""Finds the place in a message: the district's known names, and what is built like an address."""

# ruff: noqa: SIM905  lists of words read better as words

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from intents.elsewhere import is_elsewhere

_BUILDING = re.compile(
    r"(?:[0-9一二三四五六七八九十百A-Za-z]{1,4}(?:期|区))?"
    r"[0-9一二三四五六七八九十百A-Za-z]{1,5}(?:-\d{1,3})?(?:号楼(?![道梯])|号院|栋|幢|座|号(?!线|下午|上午|早|晚))"
    r"|[0-9一二三四五六七八九十]{1,2}期"
)
_SUFFIXES = (
    "办事处 街道 社区 小区 花园 家园 花城 国际城 新城 汽车城 文化馆 图书馆 博物馆 公寓 大厦 大马路 大街 新村 山庄 佳苑 嘉园 雅苑 名苑 家属院 大院 "
    "小广场 广场 公园 农贸大厅 农贸市场 批发市场 菜市场 市场 早市 夜市 立交桥 立交 地铁站 街站 小学 中学 幼儿园 医院 "
    "胡同 明渠 街 路 巷 弄 里 村 屯 堡 苑 桥 站 营 河 渠 湖 大桥 府 城 园"
).split()
_STRONG = frozenset(
    "街道 社区 小区 花园 家园 花城 国际城 新城 汽车城 文化馆 图书馆 博物馆 大马路 大街 新村 小广场 广场 公园 立交桥 街 路 巷 村 屯 堡 桥 站 胡同 明渠 "
    "地铁站 街站 农贸大厅 农贸市场 批发市场 菜市场 市场 早市 夜市 办事处 街道办 佳苑 嘉园 雅苑 名苑 小学 中学 医院 公寓 大厦 山庄 大桥 幼儿园".split()
)
_NEVER = frozenset(
    "的了着在住到去从过吗呢吧啊呀嘛么我你您他她它咱俺们这那哪是有把让被给就都也还又才很最不没个条每各某整全满该因为请问说讲找跑走修挖铺堵占离往向由靠归叫搁挨等想要能会可将对，。！？；：、,.!?;:（）()“”\"'"
)
"""Signs that no name of a place holds: the name begins after them."""
_EDGE = frozenset("家里外上下前后边旁和跟与及同东西南北中大小老新本")
"""Signs that begin some names and end the words before others: they stay where a name may begin."""
_NOT_NAMES = frozenset(
    "家住 家在 住在 我家 俺家 咱家 我们 咱们 俺们 你们 他们 路过 路边 反映 投诉 举报 位于 地址 附近 旁边 对面 隔壁 门口 楼下 楼上 "
    "小区 社区 街道 老旧 高档 封闭 开放 本地 所在 这个 那个 哪个 一个 几个 两个 整个 居民 业主 物业 领导 同志 师傅 昨天 今天 明天 "
    "刚才 现在 晚上 早上 上午 下午 中午 半夜 最近 天天 每天 经常 一直 已经 关于 就是 还有 商业 步行 美食 小吃 农贸 批发 综合 购物 中心 "
    "公交 地铁 火车 汽车 长途 加油 充电 回收 垃圾 换热 热力 变电 收费 服务 卫生 消防 派出所 废品 快递 驿站 电视 网络 官方 购物 "
    "城中 农 城 全 新 乡 山 渔 贫困 文明 示范 幸福 隔离 人行 过街 高架 断头 天 铁 石 大 小 老 破 旧 一 两 二 三 几 半 主 辅 土 公 马 道 水 电 网 线 "
    "思 套 出 绝 歧 迷 顺 问 带 开 引 拦 压 赶 上 下 走 修 铺 让 逛 过 沿 临 当 扫 游 背 后 前 民办 公办 重点 附属 实验 三甲 社区医院 "
    "十字 前面 后面 收购 口号 孩子 老年 养老 大爷 大妈 老人 当天 那天 菜市 水产 花鸟 旧货 人才 劳务 劳动力 儿童 街心 口袋 湿地 进 封 便民 社区卫生 森林 体育 文化 中央 休闲 音乐 护城 臭水 排水".split()
)
_CROSSING = re.compile(r"(?:交叉口|交汇处|交汇口|交界处|交口|十字路口|路口|岔路口|拐角)")
_LINK = re.compile(r"[与和跟、]|交")
_REGION = re.compile(
    r"(?:辽宁省?)?(?:(?:沈阳市?)?(?:大东|和平|沈河|皇姑|铁西|浑南|于洪|沈北新?|苏家屯|辽中)区"
    r"|(?:沈阳|大连|抚顺|鞍山|本溪|丹东|锦州|营口|阜新|辽阳|盘锦|铁岭|朝阳|葫芦岛|北京|上海|天津|重庆"
    r"|广州|深圳|长春|哈尔滨|成都|杭州|南京|武汉|西安)市?(?:[一-龥]{1,3}(?<!市)(?<!小)(?<!社)(?<!地)[区县])?)"
)
_CODED = re.compile(
    r"(?:[A-Za-z]\d{0,2}|[Xx×*]{2,3}|某{1,2})(?:市|区|县|镇|乡|街道(?:办事处)?)(?!长|委|政府|里|内|外|场|民)"
)  # B3区, XX镇: published letters hide their places like this
_NUMERALS = frozenset("一二三四五六七八九十")
_VERBS = frozenset("封修走让逛上下过进出扫占拦带领问赶铺堵")
_NOT_A_ROAD = frozenset("灯边沟面肩况障费")  # 路灯, 路边 …: what follows makes it another word
_LONGEST_NAME = 6
_TELLING = re.compile(
    "小学|中学|学校|幼儿园|医院|公园|广场|农贸大厅|市场|早市|夜市|图书馆|文化馆|博物馆|地铁站|立交桥|大桥|明渠"
)
"""What a place is says something of the matter (a school, a market); how it is called does not."""
SHORTEST_REST = 4  # signs: below it the place is the message

Words = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True, order=True)
class _Span:
    start: int
    end: int
    street: bool = False  # a street alone says less than the house in it
    building: bool = False


@dataclass(frozen=True)
class PlaceFinder:
    """`words` cuts a text into words; `known` are names no pattern can see."""

    words: Words
    known: frozenset[str]

    @cached_property
    def _names(self) -> re.Pattern[str]:
        longest_first = sorted(self.known, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def find(self, text: str) -> tuple[str | None, str | None]:
        """(location, street): the longest exact phrase that names a place, and the road in it."""
        spans = self._joined(text, sorted({*self._known_spans(text), *self._built_spans(text)}))
        if not spans:
            region = _REGION.search(text)
            far = region and region[0][-1] in "区县"  # a city alone is where somebody comes from
            return (region[0] if region and far else None), None
        best = max(spans, key=lambda s: (s.building, not s.street, s.end - s.start >= 3, -s.start))
        streets = [s for s in spans if s.street]
        street = text[streets[0].start : streets[0].end] if streets else None
        return text[best.start : best.end], street

    def without(self, text: str) -> str:
        """The text without the name of its place: where a matter is says nothing of what it is.

        Places elsewhere stay: they are what such a message is known by. A coded place is none.
        """
        uncoded = _CODED.sub("", text)
        text = uncoded if len(uncoded) >= SHORTEST_REST else text
        place, _ = self.find(text)
        if not place or is_elsewhere(text, "complaint"):
            return text
        kind = "".join(_TELLING.findall(place)[-1:])
        rest = text.replace(place, kind, 1).strip("，,。、 ")
        return rest if len(rest) >= SHORTEST_REST else text

    def _known_spans(self, text: str) -> Iterable[_Span]:
        for found in self._names.finditer(text):
            yield _Span(found.start(), found.end(), found[0].endswith(("街", "路")))

    def _built_spans(self, text: str) -> Iterable[_Span]:
        starts = self._word_starts(text)
        last = _Span(-1, -1)
        known = {span.end: span.start for span in self._known_spans(text)}
        for end, suffix in _suffix_ends(text):
            head = end - len(suffix)
            if suffix == "路" and text[end : end + 1] in _NOT_A_ROAD:
                continue
            street = suffix in ("街", "路", "大街", "大马路", "巷", "胡同")
            if last.end == head and (
                (suffix in ("路", "街") and last.street) or text[end : end + 1] == "口"
            ):
                continue  # 大街|路北, 屯|村口
            if last.end == head or head in known:
                last = last if last.end == head else _Span(known[head], head)
                last = _Span(last.start, end, street)  # 东站|街|站: a name made of names
                yield last
                continue
            start = self._name_start(text, head, starts)
            if start is None or any(
                _is_generic(starts.get(at, ""), end - at, first=at == start)
                for at in range(start, head)
            ):
                continue
            if start < last.end < head:
                start = last.end
            name = text[start:head]
            if name in _NOT_NAMES or (name[-1:] in _VERBS and starts.get(head - 1) == name[-1]):
                continue
            if len(name) == 1 and suffix not in ("街", "路", "桥"):
                continue
            last = _Span(start, end, street)
            yield last

    def _word_starts(self, text: str) -> dict[int, str]:
        starts, at = {}, 0
        for word in self.words(text):
            at = text.find(word, at)
            starts[at] = word
            at += len(word)
        return starts

    def _name_start(self, text: str, end: int, starts: dict[int, str]) -> int | None:
        """Where the name before a suffix begins, or None where there is no name."""
        start = end
        while start > max(0, end - _LONGEST_NAME):
            sign = text[start - 1]
            if sign in _NEVER or not ("一" <= sign <= "龥"):
                break
            start -= 1
        for at in range(end - 1, start - 1, -1):  # a common word inside ends the name after it
            word = starts.get(at)
            if word and len(word) > 1 and at + len(word) <= end and word in _NOT_NAMES:
                start = at + len(word)
                break
        for at in range(
            end, start, -1
        ):  # 楼上|上园路: an edge sign starts a name only after a break
            if text[at - 1] in "家里外边旁" and at - 1 > start and at in starts:
                start = at
                break
        if end - start > 4:  # too long for a name: trust the words
            inner = [at for at in starts if start < at < end and end - at >= 2]
            start = min(inner) if inner else start
        return start if start < end else None

    def _joined(self, text: str, spans: list[_Span]) -> list[_Span]:
        """Neighbours become one place, crossings and buildings are added at the end."""
        merged: list[_Span] = []
        for span in spans:
            last = merged[-1] if merged else None
            if last and span.start < last.end:
                if span.end > last.end or span.end - span.start > last.end - last.start:
                    merged[-1] = _Span(
                        min(last.start, span.start), max(last.end, span.end), span.street
                    )
                continue
            gap = text[last.end : span.start] if last else ""
            if last and last.street and (not gap or _LINK.fullmatch(gap)):
                crossing = _CROSSING.match(text, span.end)
                if not gap or (span.street and crossing):
                    merged[-1] = _Span(last.start, span.end, span.street and bool(not gap))
                    continue
            merged.append(span)
        return [self._completed(text, span) for span in merged]

    def _completed(self, text: str, span: _Span) -> _Span:
        start, end, building = span.start, span.end, False
        if _LINK.search(text[start:end]) and (crossing := _CROSSING.match(text, end)):
            end = crossing.end()
        if number := _BUILDING.match(text, end):
            end, building = number.end(), True
        if region := next((r for r in _REGION.finditer(text) if r.end() == start), None):
            start = region.start()
        return _Span(start, end, span.street and not building, building)


def _is_generic(word: str, length: int, *, first: bool) -> bool:
    """卫生站, 人行道: one word of the dictionary that names a kind of place and no place."""
    return len(word) == length and any(
        word.endswith(s)
        and (kind := word.removesuffix(s)) in _NOT_NAMES
        and (first or kind not in _NUMERALS)  # 管城|二街 is a name, 二街 is none
        for s in _STRONG
    )


def _suffix_ends(text: str) -> Iterable[tuple[int, str]]:
    """Every place where the longest suffix of an address ends, left to right."""
    for end in range(1, len(text) + 1):
        for suffix in _BY_LENGTH:
            if text.endswith(suffix, 0, end) and suffix in _STRONG:
                yield end, suffix
                break


_BY_LENGTH = sorted(_SUFFIXES, key=len, reverse=True)


def read_places(path: Path) -> frozenset[str]:
    """The operator's list."""
    content = yaml.safe_load(path.read_text("utf-8")) or {}
    return frozenset(str(name) for names in content.values() for name in names or [])
