"""Understands a resident's message. Knows nothing of the bot, its channels or its database.

`load` gives an `Understander`; its `understand` is the whole door. `train.py` makes the model.
"""

from intents.meaning import (
    Candidate,
    CorpusError,
    ModelError,
    Route,
    Slots,
    Understanding,
)
from intents.modelfile import load
from intents.talk import asks
from intents.understander import Understander

__all__ = [
    "Candidate",
    "CorpusError",
    "ModelError",
    "Route",
    "Slots",
    "Understander",
    "Understanding",
    "asks",
    "load",
]
