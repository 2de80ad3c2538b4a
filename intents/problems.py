"""Two problems in one message: where it may be cut."""

import re

_JOINT = re.compile(
    r"[。；;！!？?\n]+|[，,、 ]*(?:还有(?:就是|个事|一个|一件)?|另外|再有|再就是|再一个|再者|顺便(?:问|说)?一?下?|对了|此外|第[二三](?:个|件|，|、)|其次|而且还想|也想问一?下?)[，,：:、 ]*"
)
_SHORTEST = 4


def parts(text: str) -> list[str]:
    """The clauses that may be problems of their own; one item if the message cannot be cut."""
    pieces = [piece.strip(" ，,、") for piece in _JOINT.split(text)]
    return [piece for piece in pieces if len(piece) >= _SHORTEST]
