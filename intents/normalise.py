"""Makes the many ways of typing one thing into one: width, script, repeated signs, invisible signs."""

import re
import unicodedata
from functools import cache
from pathlib import Path

import opencc

LONGEST = 400  # signs the classifier reads; residents tell the matter first and the story after

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060\ufeff\ud800-\udfff]"
)
_REPEATED = re.compile(r"(.)\1{2,}", re.DOTALL)
_SPACES = re.compile(r"\s+")


@cache
def _simplified() -> dict[int, str]:
    """Traditional to simplified sign by sign, from opencc's own dictionary.

    Its converter looks for phrases too, which costs more than it gives in messages of one sentence.
    """
    lines = (Path(opencc.__file__).parent / "dictionary" / "TSCharacters.txt").read_text("utf-8")
    pairs = (line.split("\t") for line in lines.splitlines() if "\t" in line)
    return {ord(old): new.split()[0] for old, new in pairs if len(old) == 1}


def clean(text: str) -> str:
    """The message without invisible signs and broken surrogates; visible signs keep their places."""
    return _INVISIBLE.sub("", text)


def simplify(text: str) -> str:
    """Traditional characters become simplified, sign for sign: spans stay where they are."""
    return text.translate(_simplified())


def normalise(text: str) -> str:
    """What the classifier reads. Not for spans: signs may be lost or joined."""
    text = unicodedata.normalize("NFKC", clean(text)[: 2 * LONGEST]).lower()
    text = _REPEATED.sub(r"\1\1", text)
    return _SPACES.sub(" ", simplify(text)).strip()[:LONGEST]
