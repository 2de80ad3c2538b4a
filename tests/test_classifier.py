"""Lines over words, signs and meaning: learnt, calibrated, the same for one text and for many."""

import numpy as np
import pytest

from intents.classifier import Classifier, Examples, calibrated, fit, joined, opened
from intents.encoder import encode
from intents.evaluation import Score
from intents.features import TfIdf, fit_lens, weigh
from intents.tokenizer import runs

TEXTS = (
    "路灯坏了",
    "路灯不亮",
    "灯黑了一片",
    "井盖丢了",
    "井盖响",
    "井没有盖",
    "孩子上户口",
    "新生儿落户",
    "给娃报户口",
)
CLASSES = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2])
LABELS = ("灯", "井", "户口")


@pytest.fixture(scope="module")
def learnt() -> tuple[tuple[TfIdf, ...], Examples, Classifier]:
    signs = TfIdf(lambda text: runs(text, 2))
    signs.fit_transform(TEXTS)
    lens = fit_lens(encode(TEXTS), 4)
    examples = Examples(matrix=joined((signs,), TEXTS, lens.look(encode(TEXTS))), classes=CLASSES)
    return (signs,), examples, fit(examples, LABELS)


def test_what_was_learnt_is_known(learnt: tuple[tuple[TfIdf, ...], Examples, Classifier]) -> None:
    _, examples, classifier = learnt
    assert classifier.log_shares(examples.matrix).argmax(axis=1).tolist() == CLASSES.tolist()


def test_one_text_is_read_like_many(
    learnt: tuple[tuple[TfIdf, ...], Examples, Classifier],
) -> None:
    vectorizers, examples, classifier = learnt
    vector = np.asarray(examples.matrix[0].todense(), np.float32)[0, -4:]
    one = classifier.log_share(weigh(vectorizers, TEXTS[0]), vector)
    assert np.allclose(one, classifier.log_shares(examples.matrix)[0], atol=1e-3)


def test_a_label_without_sentences_is_never_chosen() -> None:
    signs = TfIdf(lambda text: runs(text, 2))
    signs.fit_transform(TEXTS)
    examples = Examples(
        matrix=joined((signs,), TEXTS, np.ones((len(TEXTS), 1), np.float32)), classes=CLASSES
    )
    classifier = fit(examples, (*LABELS, "nobody"))
    assert 3 not in classifier.log_shares(examples.matrix).argmax(axis=1)


def test_calibrated_confidence_follows_the_truth() -> None:
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 3, 900)
    margins = rng.normal(0, 1, (900, 3)).astype(np.float32)
    margins[np.arange(900), classes] += 1
    blank = Classifier(
        labels=LABELS, line=np.zeros((1, 3), np.float32), bias=np.zeros(3, np.float32)
    )
    shares = np.exp(calibrated(blank, margins, classes).calibrate(margins))
    right = shares.argmax(axis=1) == classes
    assert abs(shares.max(axis=1).mean() - right.mean()) < 0.05


def test_only_so_many_messages_meant_for_us_are_turned_away() -> None:
    labels = ("act/chitchat", "act/out-of-scope", "answer/card")
    rng = np.random.default_rng(1)
    margins = rng.normal(0, 1, (1000, 3)).astype(np.float32)
    inside = np.ones(1000, bool)
    blank = Classifier(
        labels=labels, line=np.zeros((1, 3), np.float32), bias=np.zeros(3, np.float32)
    )
    shifted = margins + opened(blank, margins, inside, 0.05).bias
    assert np.mean(shifted.argmax(axis=1) != 2) == pytest.approx(0.05, abs=0.002)


def test_an_interval_holds_its_value_and_narrows_with_sentences() -> None:
    few, many = Score(right=8, count=10), Score(right=800, count=1000)
    for score in (few, many):
        low, high = score.interval
        assert low < score.value < high
    assert many.interval[1] - many.interval[0] < few.interval[1] - few.interval[0]
