"""Words that name a whole field (社保, 房): many entries know them, so the bot asks which is meant.

A classifier is sure of one of them for no better reason than that its sentences are shorter.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from intents.corpus import Sentence

Topics = Mapping[str, tuple[str, ...]]

LONGEST = 4  # signs of a word
MANY = 3  # entries that know it: two are told apart by the classifier
_NAMING = ("title", "keyword")
_WORD = re.compile(r"[一-龥]+")
_AROUND = re.compile(
    r"^(?:你好|您好|请问|我?想?问(?:一)?下?|咨询(?:一)?下?|关于|办理?)?(?P<word>[一-龥]{1,4}?)(?:怎么办|咋办|咋整|的事儿?|问题|业务|方面|相关)?$"
)


def topics(faq: Iterable[Sentence]) -> dict[str, tuple[str, ...]]:
    """Every run of up to four signs that stands in the titles or keywords of many entries, with these."""
    known: dict[str, set[str]] = defaultdict(set)
    for sentence in faq:
        if sentence.source not in _NAMING:
            continue
        for word in _WORD.findall(sentence.text):
            for start in range(len(word)):
                for end in range(start + 1, min(len(word), start + LONGEST) + 1):
                    known[word[start:end]].add(sentence.label)
    return {word: tuple(sorted(labels)) for word, labels in known.items() if len(labels) >= MANY}


def entries_of(plain: str, known: Topics) -> tuple[str, ...]:
    """The entries a message could mean that is no more than the name of a field; else none."""
    bare = "".join(sign for sign in plain if sign.isalnum())
    if bare in known:
        return known[bare]
    found = _AROUND.match(bare)
    return known.get(found["word"], ()) if found else ()
