"""Text to words and to runs of signs. The dictionary is ours: other users of jieba are left alone."""

import logging
import tempfile
from collections.abc import Iterable
from pathlib import Path

import jieba

jieba.setLogLevel(logging.WARNING)

USERDICT = Path(__file__).parent / "userdict.txt"
LONGEST_RUN = 4


class Tokenizer:
    """jieba with the district's words."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._jieba = jieba.Tokenizer()
        self._jieba.tmp_dir = tempfile.gettempdir()
        self._jieba.initialize()
        with USERDICT.open(encoding="utf-8") as lines:
            self._jieba.load_userdict(lines)
        for word in words:
            if 2 <= len(word) <= 6:
                self._jieba.add_word(word)

    def words(self, text: str) -> list[str]:
        """Words in order, without blanks."""
        return [word for word in self._jieba.lcut(text) if word.strip()]


def runs(text: str, longest: int = LONGEST_RUN) -> list[str]:
    """Every run of 1 to `longest` signs; the ends of the text count as signs: they tell a terse word."""
    framed = f"^{text}$"
    size = len(framed)
    return [framed[i : i + n] for n in range(1, longest + 1) for i in range(size - n + 1)]


def skips(text: str) -> list[str]:
    """Pairs of signs with one between them: they survive one mistyped or missing sign."""
    return [f"{a}_{b}" for a, b in zip(text, text[2:], strict=False)]
