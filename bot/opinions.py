"""What a few words say of a result: done, not done, still waiting, how many points. Closed patterns only.

They are heard only while a ticket waits for them, and before anything is guessed: to a classifier “已经好了”
may be a danger and “灯亮了” a new matter.
"""

import re

from intents import asks

LONGEST = 16  # signs; a longer sentence is understood, not matched
LONGEST_DENIAL = 30  # signs

_GOOD = r"(?:好|亮|热|通|完|妥|解决|恢复|清|干净|拆|换|装|补|来水|来电|来气|修|弄|办|不漏|不响|不吵|不堵)"
_SOLVED = re.compile(
    rf"(?:[^没不未还又别能会要想得]{{0,6}}?)(?:已经?|都|全|这回|现在|刚才?|可算|终于)*(?:给)?(?:修|弄|办|搞|处理|解决|收拾|清理|整)?{_GOOD}(?:了|啦|喽|咯|完了?|好了?|走了?|上了?|没问题了?)+(?:[，,。.!！~ ]*(?:谢谢|多谢|感谢|辛苦)[了啊您你们大家]*)?"
)
_AGREES = re.compile(r"(?:嗯+|恩+|是的?|对的?|对对|是啊|解决|可以了?|行了?|没问题了?)[啊呀呢了的]*")
_ACKNOWLEDGES = re.compile(
    r"(?:(?:嗯+|恩+|好的?|行|收到|知道|明白|ok|OK|谢谢|多谢|感谢|辛苦)[啊呀了啦您你们哈，, ]*)+"
)
_STILL = re.compile(
    r"(?:你们|怎么|咋|为啥|为什么|都|这都|这么|好?几天|[一两三四五六七八九十半\d]+(?:个)?(?:多)?(?:天|小时|星期|礼拜|月)|多|了|到现在|现在|到今天|今天|人|我家|这边|我这)*"
    r"(?:(?:到底|究竟|还)(?P<do>修|管|办|来|弄|处理|解决)不(?P=do)|(?:一直|根本|都|还是)?没人(?:理|管|来|修|问|搭理)(?:我们?|这事)?|(?:还是?|一直|根本|压根)(?:没有?|不|未)(?:人|给)?(?:来|弄|修|办|处理|解决|管|搞|整|动静|动|消息|回音|信儿?|回复|答复|结果|进展|好|亮|热|通)?"
    r"(?:人|好|完|到|了|理|过|上门|解决|成|妥)*)[呢啊呀吗嘛吧哪了?？。.!！]*"
)
_NOT_SOLVED = re.compile(
    r"(?:还|根本|压根|完全)?没(?:有)?(?:啊|呢|呀|修|弄|办|解决|人|来|好)*(?:好|完|来|过|管)?[呢啊呀吗了]*|不(?:行|好|亮|热|通)[啊呀了的]*|不是的?|哪(?:里|儿)?(?:解决|修|办)了?"
)
_DENIES = re.compile(
    r"没有?(?:给|人)?(?:修|弄|办|处理|解决|搞|整|清|来)|(?:根本|压根|完全|一点)[都也]?(?:没|不)|不(?:亮|热|通|满意|行)|骗|糊弄|忽悠|敷衍|假的?|又(?:坏|堵|犯|不|漏)|还是|才怪|个屁|呵呵"
)
_POINTS = re.compile(
    r"(?:我)?(?:给|打|评)?(?:个)?(?:你们?)?(?P<n>[1-5１-５一二三四五])(?:颗)?(?:分|星)(?:好评|差评)?[吧啊呀。.!！]*"
)
_FIGURES = "1１一2２二3３三4４四5５五"
_NAMES = (
    (1, r"(?:很|非常|特别|太|极)(?:不满意|差|失望|糟)|差评"),
    (2, r"不(?:太|怎么|咋|大)?满意|不行|不咋地|不咋样|差点儿?意思|较差|差"),
    (3, r"基本满意|一般(?:般)?|还行|凑合|还可以|马马虎虎|中评|还好|就那样"),
    (4, r"(?:比较|挺|还算?)?满意|不错|挺好|还不错"),
    (5, r"(?:很|非常|特别|十分|相当|太|超级?)(?:满意|好|棒)|好评|满分|五星好评|点赞|棒|完美"),
)
_END = r"(?:[的了啊呀吧哦哈]*[，,。.!！~ ]*(?:谢谢|多谢|感谢)?[了啊您你们]*)"


def _bare(text: str) -> str:
    return text.strip().strip("。.!！~，, ")


def says_solved(text: str) -> bool:
    """“灯亮了”, “已经修好了谢谢”."""
    words = _bare(text)
    return len(words) <= LONGEST and not asks(words) and bool(_SOLVED.fullmatch(words))


def agrees(text: str) -> bool:
    """A yes to “解决了吗？”; a mere “好的” is none."""
    return bool(_AGREES.fullmatch(_bare(text)))


def acknowledges(text: str) -> bool:
    """“好的”, “收到”, “谢谢”: read, and nothing said of the result."""
    return bool(_ACKNOWLEDGES.fullmatch(_bare(text)))


def says_not_solved(text: str) -> bool:
    """“没有”, “没呢”, “没修”: a no to “解决了吗？”."""
    words = _bare(text)
    return len(words) <= LONGEST and bool(_NOT_SOLVED.fullmatch(words) or _STILL.fullmatch(words))


def speaks_of_a_result(text: str) -> bool:
    """Whether any of these readings fits: most messages need not be held against one's tickets."""
    return any(
        reads(text)
        for reads in (
            says_solved, agrees, acknowledges, says_not_solved, still_waits, points, rating, denies,
        )
    )  # fmt: skip


def denies(text: str) -> bool:
    """A no somewhere in a sentence: “没修好你们还说修好了” is nobody's yes."""
    return bool(_DENIES.search(text))


def still_waits(text: str) -> bool:
    """“还没弄好呢”, “都三天了还没来人”."""
    words = _bare(text)
    return len(words) <= LONGEST and bool(_STILL.fullmatch(words))


def points(text: str) -> int | None:
    """“给5分”, “三星”: a rating in figures."""
    found = _POINTS.fullmatch(_bare(text))
    return _FIGURES.index(found["n"]) // 3 + 1 if found else None


def rating(text: str) -> int | None:
    """The same, or its name: the answer to “打个分吧”."""
    words = _bare(text)
    named = (score for score, names in _NAMES if re.fullmatch(f"(?:{names}){_END}", words))
    return points(text) or next(named, None)
