"""What a message says of the talk itself, and not of its matter: that it asks, and how it begins."""

import re

_LEAD = re.compile(
    r"^(?:等(?:会儿?|一下|等)|对了|哎|先|顺便|我想|再)?[，, ]*(?:先|再|顺便)?(?:问|打听|咨询)(?:一句|一下|下|个事儿?|一嘴)?[，,：: ]*"
)
_ASKS = re.compile(
    r"[?？吗呢]|(?<![这那多要])么|咋|怎|啥|什么|哪|多少|多久|多长|几[天号点个年岁]|能不能|能否|可否|可不可以|是不是|行不|要不要|有没有|算不算|想问|问一|请问|咨询|如何|找谁|谁管|电话(?![是:：]?\s*\d)|渠道|流程|入口"
)
_PRAISES = re.compile(
    r"^(?:你好|您好)?[，, ]*(?:我|俺|咱)?(?:就|是)?(?:想|要|得|来|特别想|必须)+(?:好好)?(?:表扬|夸|感谢|点个?赞|(?:给|送).{1,12}(?:锦旗|点个?赞))"
)
SHORTEST_REST = 4  # signs: below it the beginning is the message


def without_lead(text: str) -> str:
    """“等会儿，先问一句，老年证咋办” without its beginning."""
    rest = _LEAD.sub("", text, count=1)
    return rest if len(rest) >= SHORTEST_REST else text


def asks(text: str) -> bool:
    """Whether a message asks, rather than reports."""
    return bool(_ASKS.search(text))


def praises(text: str) -> bool:
    """“我想表扬…”: it says itself what it is, however much the rest sounds like a piece of news."""
    return bool(_PRAISES.search(text))
