"""Small readings of a resident's words that need no model: numbers, corrections, wishes in a form.

What a message is about is the classifier's business; here are only the closed patterns of a dialogue.
"""

import re

NUMBER = re.compile(r"DD\d{8}-\d{4,}", re.IGNORECASE)
_CORRECTION = re.compile(
    r"不是\s*(?P<wrong>[^，,。；;]{1,20}?)[，,、\s]*(?:是|而是|应该是)\s*(?P<right>[^，,。；;！!？?]{1,30})"
)
_INSTEAD = re.compile(
    r"^(?:不是的?|不对|错了|说错了|写错了|弄错了|搞错了|不(?=[，,。\s]))[了啊呀吧呢]*[，,。.!！\s]*(?=(?P<told>我)|其实|应该|是)"
    r"(?:我?(?:要|想)?(?:说|投诉|反映|反应|举报|报)的?)?(?:其实|应该)?是?[，,：:\s]*(?P<right>.{3,})$"
)
_ANONYMOUS = re.compile(
    r"匿名|别(?:跟|和|对)?.{0,4}(?:告诉|说|透露|泄露|暴露).{0,8}(?:是?我|我的)|别(?:让|叫).{0,6}知道.{0,4}(?:是我|我)|不(?:想|要|愿)?(?:留|写|说|透露)(?:名|姓名|真名)|保密|实名就不"
)
_REPORT = re.compile(r"举报")
_COMPLAIN = re.compile(
    r"^(?:我|俺)?(?:想|要|来)*(?:个)?(?:投诉|举报|反映|反应|报修|上报)(?:一下|下|一?个|一?件|点|些)?(?:问题|情况|事|事儿|事情)?(?:吧|呗|啊|呀)?[。.!！~]*$"
)
_SKIP = re.compile(
    r"^(?:先)?(?:跳过|不填|不写|不说|不方便|不知道|不清楚|没有|没|无|略|不留|不用了?)[了吧呗。.!！]*$|先不写|不方便(?:写|说)|不想(?:写|说)|^(?:没有?|不留|不给|不用留?)(?:电话|手机|号码)"
)
_NO_ADDRESS = re.compile(
    r"我?也?(?:不知道|不清楚|不晓得|说不上|说不清|忘了|记不[得清])[^在旁近面]{2,10}$"
)
_GO_ON = re.compile(r"接着报|继续报|接着来|继续吧|接着说|继续填|回到刚才|接着办")
_JOIN = re.compile(r"我也(?:一样|是)|一样|加上?我|加我|算我|一起|(?:加|带)(?:上)?.{0,4}一份|同样")
_DONE = re.compile(
    r"^(?:好了?|行了?|就这些|好了?就这些|没(?:有)?了|完了|补完了|发完了|可以了|齐了)[，,。.!！\s]*(?:就这些)?[了吧啊。.!！]*$"
)
_ERASE = re.compile(r"删|清(?:掉|空|除|了)|抹|注销|忘(?:掉|了)我")
_KEEPS = re.compile(
    r"(?:不|别|甭|先不|先别|不用|不要|不想)(?:给我)?(?:撤|删|清|抹|注销|取消)|(?<![用别要])(?:继续|接着)办"
)
_CODE = re.compile(r"(?<![A-Z0-9])[A-Z0-9]{8}(?![A-Z0-9])")
_SUBMITS = re.compile(
    r"(?:那)?(?:就)?(?:这样|这么(?:报|写|办|着)?|就这样)(?:了|吧|报吧|行了)+|(?:那)?(?:就)?(?:报|发|交)(?:上去|上)?(?:了|吧)+|(?:就)?这些(?:了|吧)?|没(?:有)?别的了"
)
_NO_HURRY = re.compile(r"不(?:用|必|是很)?(?:着急|急|催)|慢慢(?:来|弄|修)")
_LEAVES_IT = re.compile(
    r"^(?:算了|拉倒|得了)[吧啊，,。\s]|(?:自己|自个儿?)(?:换|修|弄|解决|处理|清|通)(?:了|好)"
)
_HAS_MATERIAL = re.compile(
    r"(?:我)?(?:还|这)?有.{0,3}(?:录音|录像|视频|照片|图片?|截图|证据|材料)[呢啊的吧]*"
)
_EXPORT = re.compile(r"导出|下载|拷贝|复制|发我一份|给我一份|要一份")
_AGAIN = re.compile(
    r"再(?:糊弄|敷衍|不(?:办|管|解决)|拖|没(?:办|弄)好).*(?:呢|怎么办|咋办|咋整)|要是.*(?:再|还).*(?:呢|怎么办|咋办|咋整)"
)
_HELD = re.compile(
    r"(?:没有?|(?:再没|没有?再?)(?:犯|出现|发生|坏|来|反弹)过?|管住|一直(?:挺|很|都)?好|好着|挺好|好多)[了呢啊的]*"
)
_CAME_BACK = re.compile(
    r"有|没管住|没有?(?:办|弄|修)好|(?:又|还是|还)(?:犯|来|出现|坏|不行|不好|开始|有|这样|那样|老样子)|反弹|出现过?|犯"
)
_ANOTHER = re.compile(
    r"(?:再|还要?|也)(?:要|想)?(?:说|报|反映|投诉|问)一?(?:个|件|下)|(?:还|另外?|又)(?:外)?(?:有|是)?一?(?:个|件|桩)(?:事|问题)?[，,：: ]|^(?:另外|还有)[，,：: ]?"
)
_ADD = re.compile(
    r"(?:我|俺)?(?:想|要|再|还|得)*(?:补充|补|添)(?:一下|一点|一句|一个|几句|点儿?|个)?(?:材料|内容|信息|情况|照片|图片)?"
)
_BESIDE_ADDING = re.compile(
    r"[我你您]|给|帮|请|那个|这个|刚[才报]|工单|单子|诉求|投诉|的|[吧呢啊吗嘛呀了]|能|可以|怎么|咋|在哪儿?|东西|发|上"
)
SHORTEST_ADDITION = 3  # signs beside “补充一下” that are worth keeping
_PROGRESS = re.compile(
    r"[咋怎]么?(?:样|办)?了|怎样了|如何了|到哪(?:一?步)?了|有?(?:没有?)?(?:消息|信儿|结果|进展|动静|回音)|[办弄修处理]+(?:好|完|得|到哪).{0,4}[没吗么呢？?]|[啥什]么?时候|多久|几天"
)
_WHEN = re.compile(
    r"(?:那|到底|还|得|要|大概|你们)*(?:[啥什]么?时候|哪天|几点|多久|几天|多长时间)(?:能|才|才能|可以|会)*(?:恢复|好|来|到|完|通|亮|热|解决|有(?:人|水|电|结果|信儿?)|[修办弄管]|上门)(?:人|好|完|到|修|看|了|啊|呀|呢|办)*"
)
_WHOSE = re.compile(
    r"(?:那|到底|究竟|这事儿?|现在)*(?:归|由|是)?(?:谁|哪个(?:部门|单位|局)|哪儿?)(?:在)?(?:管|办|负责|处理)(?:啊|呢|呀|的)*|(?:怎么|咋)又?换(?:人|单位|部门)了?(?:呢|啊)?"
)
_ONLY_NAMED = re.compile(
    r"(?:我)?(?:报|反映|说)?(?:的)?[一-龥]{1,8}?(?:那个|那件|那事儿?|的事儿?|的|那边)[呢啊吧]*"
)
LONGEST_NAMING = 20  # signs
_WHO = re.compile(
    r"(?:谁|哪户|哪家|哪个人|什么人|啥人).{0,8}(?:报|投诉|举报|反映|说)的?|(?:报|投诉|举报|反映)的.{0,6}(?:谁|哪户|哪家|叫什么|叫啥|电话)"
)
_PARTS = {
    "去哪办": r"(?:得|要|是)?(?:去|到|上|在)?(?:哪|哪儿|哪里|啥地方|什么地方)(?:儿)?(?:去)?(?:办|弄|申请|交|领)?|(?:什么|具体)?(?:地址|地点)|找谁办?",
    "带什么": r"(?:要|需要|得|都)*(?:带|准备|交|拿)?(?:什么|啥|哪些|什么样的)(?:材料|东西|证件|手续)|(?:要|需要|得|都)*(?:带|准备)(?:什么|啥|哪些)|(?:要|需要)(?:些)?(?:什么|啥)|材料",
    "怎么办": r"(?:怎么|咋|如何)(?:申请|办理?|弄|整|操作|报名)|(?:办理)?(?:流程|步骤)",
    "多久": r"(?:得|要|需要|大概)*(?:多久|多长时间|几天|几个工作日)(?:能|可以)?(?:办?好|办?完|下来|拿到)?",
    "办公时间": r"(?:周[一二三四五六日天末]|星期[一二三四五六日天]|礼拜[一二三四五六日天]|节假日|晚上|中午|早上|下午|几点|什么时候|啥时候|今天|明天|现在|平时)*(?:能)?(?:开门|上班|下班|关门|休息|办公|营业|有人|开着)(?:吗|不|么|没|没有)?",
    "谁能代办": r"(?:(?:我|本人|老人)?(?:自己)?[去来]不了[，, ]*)?(?:能|可以|能不能)?(?:(?:让|叫|请|找)?我?(?:儿子|女儿|家人|家里人|别人|老伴|爱人|孩子|他人)(?:替我?|帮我?|代)?(?:去|办)|代办)(?:行)?(?:吗|不|么)",
    "费用": r"(?:要|得|需要)*(?:花|交)?(?:多少钱|几块钱)|(?:要|收|花|用|得)*(?:花|收|交)?(?:钱|费)(?:吗|不|么)|费用|免费(?:吗|不|么)",
}
_PART = re.compile(
    "(?:那|请问|都|一共|大概|具体)*(?:"
    + "|".join(f"(?P<p{at}>{pattern})" for at, pattern in enumerate(_PARTS.values()))
    + ")[呢啊呀吗嘛的了？?。.！! ]*"
)
_FALSE_ALARM = re.compile(
    r"虚惊|弄错了|搞错了|看错了|闻错了|误会|没事儿?了|(?:人|孩子|老人)?(?:找(?:到|着)|回来|救出来|出来)了"
)
_DISTRICTS = (
    "和平",
    "沈河",
    "皇姑",
    "铁西",
    "浑南",
    "于洪",
    "沈北",
    "苏家屯",
    "辽中",
    "新民",
    "康平",
    "法库",
)
_DISTRICT = re.compile(rf"(?P<place>(?:{'|'.join(_DISTRICTS)})(?:新)?(?:区|县|市)?)")
_FAR = re.compile(
    r"(?P<place>北京|上海|天津|重庆|广州|深圳|大连|抚顺|鞍山|本溪|丹东|锦州|营口|阜新|辽阳|盘锦|铁岭|朝阳市|葫芦岛|长春|哈尔滨|吉林|成都|杭州|南京|武汉|西安|"
    r"青岛|济南|郑州|苏州|厦门|石家庄|太原|呼和浩特|南宁|昆明|贵阳|兰州|海口|三亚|香港|澳门|台湾|[一-龥]{2,3}省)"
)

ORDINALS = (
    ("1", "一", "第一个", "第1个", "第一", "前面那个", "头一个"),
    ("2", "二", "第二个", "第2个", "第二", "中间那个"),
    ("3", "三", "第三个", "第3个", "第三", "最后一个"),
)


def ticket_number(text: str) -> str | None:
    found = NUMBER.search(text)
    return found.group().upper() if found else None


def correction(text: str) -> tuple[str, str] | None:
    """(wrong, right) of 不是A是B."""
    found = _CORRECTION.search(text)
    return (found["wrong"].strip(), found["right"].strip()) if found else None


def said_instead(text: str) -> str | None:
    """What is meant instead: “不是，我要投诉的是他占道” → “他占道”."""
    if corrected := correction(text):
        return corrected[1]
    found = _INSTEAD.match(text.strip())
    return found["right"].strip() if found else None


def wants_anonymity(text: str) -> bool:
    return bool(_ANONYMOUS.search(text))


def names_a_report(text: str) -> bool:
    """举报 in so many words: its own type, with its own duties of secrecy."""
    return bool(_REPORT.search(text))


def bare_complaint(text: str) -> bool:
    """“我要投诉” and no more: the matter is still to come."""
    return bool(_COMPLAIN.match(text.strip()))


def skips(text: str) -> bool:
    return bool(_SKIP.search(text.strip()))


def knows_no_address(text: str) -> bool:
    """“不知道叫啥路”: something near by will do."""
    return bool(_NO_ADDRESS.match(text))


def goes_on(text: str) -> bool:
    return bool(_GO_ON.search(text))


def joins(text: str) -> bool:
    return bool(_JOIN.search(text))


def is_done(text: str) -> bool:
    return bool(_DONE.match(text.strip()))


def takes_back(text: str) -> bool:
    """“算了不报了 撤了”: of what is filed, though it sounds like leaving a form."""
    return "撤" in text and not keeps(text)


def ordinal(text: str) -> int | None:
    """“第二个” as 1; None where nothing is counted."""
    words = text.strip("。.!！ ")
    return next((at for at, names in enumerate(ORDINALS) if words in names), None)


def asks_progress(text: str) -> bool:
    """“垃圾那个咋样了”, “路灯那个”: of what was reported, not a new matter."""
    words = text.strip("。.!！?？~ ")
    return len(words) <= LONGEST_NAMING and bool(
        _PROGRESS.search(words) or _ONLY_NAMED.fullmatch(words)
    )


def asks_when(text: str) -> bool:
    """“啥时候能恢复”, and not of what: of what is open."""
    return bool(_WHEN.fullmatch(text.strip("。.!！?？~ ")))


def asks_who(text: str) -> bool:
    """“到底归谁管”: of what is open."""
    words = re.sub("到底$", "", text.strip("。.!！?？~ "))
    return bool(_WHOSE.fullmatch(words))


def begins_another(text: str) -> bool:
    """“再说一个，…”, “还有件事，…”: a matter of its own follows."""
    return bool(_ANOTHER.search(text))


def brings(text: str) -> bool:
    """Whether “…，补充一下” has the material in it already."""
    rest = _BESIDE_ADDING.sub("", _ADD.sub("", NUMBER.sub("", text), count=1))
    return sum(sign.isalnum() for sign in rest) >= SHORTEST_ADDITION


def wants_erasure(text: str) -> bool:
    return bool(_ERASE.search(text)) and not keeps(text)


def keeps(text: str) -> bool:
    """“不撤了”, “先别删”: the opposite of what its verb says."""
    return bool(_KEEPS.search(text))


def code(text: str) -> str | None:
    """The 查询码 beside a number, or by itself."""
    found = _CODE.search(NUMBER.sub(" ", text.upper()))
    return found.group() if found else None


def submits(text: str) -> bool:
    """“就这样吧”, “就这些”: a yes to the draft."""
    return bool(_SUBMITS.fullmatch(text.strip("。.!！~ ")))


def is_in_no_hurry(text: str) -> bool:
    return bool(_NO_HURRY.search(text))


def leaves_it(text: str) -> bool:
    """“算了 自己换了个灯泡”."""
    return bool(_LEAVES_IT.search(text.strip()))


def has_material(text: str) -> bool:
    """“还有录音”: it is about to come."""
    return bool(_HAS_MATERIAL.fullmatch(text.strip("。.!！~ ")))


def wants_export(text: str) -> bool:
    return bool(_EXPORT.search(text))


def says_it_held(text: str) -> bool | None:
    """A short answer to “has it come back?”; None when it is something else."""
    words = text.strip("。.!！~ ")
    if _HELD.fullmatch(words):
        return True
    return False if _CAME_BACK.fullmatch(words.rstrip("了呢啊的过")) else None


def asks_about(text: str) -> str | None:
    """Which row of the answer just given a bare “去哪办” or “多少钱” asks about."""
    found = _PART.fullmatch(text.strip())
    return next((h for at, h in enumerate(_PARTS) if found[f"p{at}"]), None) if found else None


def calls_off(text: str) -> bool:
    """“没事了，是邻居做饭糊了”: the danger was none."""
    return bool(_FALSE_ALARM.search(text))


def asks_what_if_again(text: str) -> bool:
    """“要是再糊弄呢”: what comes next, not a new matter."""
    return bool(_AGAIN.search(text))


def asks_who_reported(text: str) -> bool:
    return bool(_WHO.search(text))


def other_district(text: str) -> str | None:
    found = _DISTRICT.search(text)
    return found["place"] if found else None


def far_place(text: str) -> str | None:
    found = _FAR.search(text)
    return found["place"] if found else None
