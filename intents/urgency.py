"""Is a person in danger now, and which kind. Runs beside the routing and does not depend on it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.classifier import Classifier
from intents.features import Weights

Floats = NDArray[np.float32]

CALM = "calm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """The learnt detector and what is asked of it before it is believed."""

    classifier: Classifier  # labels: CALM and the kinds
    threshold: float

    def danger(self, parts: Sequence[Weights], vector: Floats) -> tuple[str, float]:
        """The likeliest kind, and how likely it is that this is danger at all."""
        shares = np.exp(self.classifier.log_share(parts, vector))
        calm = self.classifier.labels.index(CALM)
        danger = float(1 - shares[calm])
        shares[calm] = -1
        return self.classifier.labels[int(np.argmax(shares))], danger
