"""Is a person in danger now, and which kind. Runs beside the routing and does not depend on it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.classifier import Classifier
from intents.features import Weights

Floats = NDArray[np.float32]

CALM = "calm"
CUED = 0.4
_CUES = re.compile(
    "煤气味|燃气味|臭鸡蛋味|漏气|泄漏|着火|起火|火苗|冒烟|浓烟|漏电|电火花|触电|电线掉|井盖没|井盖丢|掉井|敞口|塌|要倒|砸到|砸人|困在|关在电梯|卡在电梯|"
    "爆管|爆了|喷水|水淹|进水|晕倒|昏迷|流血|没气了|喘不上|抽搐|打人|拿刀|砍|抢|撬门|踹门|家暴|跟踪|不想活|跳楼|自杀|割腕|遗书|走丢|走失|失踪|"
    "找不着人|中毒|上吐下泻|农药|刺鼻|车祸|撞人|撞了|救命|快来人"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """The learnt detector and what is asked of it before it is believed."""

    classifier: Classifier  # labels: CALM and the kinds
    threshold: float

    def asked(self, text: str) -> float:
        """A word of danger lowers what is asked: a false alarm costs a sentence, a miss may cost a life."""
        return self.threshold * (CUED if _CUES.search(text) else 1.0)

    def danger(self, parts: Sequence[Weights], vector: Floats) -> tuple[str, float]:
        """The likeliest kind, and how likely it is that this is danger at all."""
        shares = np.exp(self.classifier.log_share(parts, vector))
        calm = self.classifier.labels.index(CALM)
        danger = float(1 - shares[calm])
        shares[calm] = -1
        return self.classifier.labels[int(np.argmax(shares))], danger
