"""The live bot and the test bench both call `Understander.understand`."""

from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from intents.classifier import Classifier
from intents.elsewhere import is_elsewhere
from intents.encoder import encode
from intents.features import Lens, TfIdf, Weights, weigh
from intents.meaning import Candidate, Route, Understanding
from intents.normalise import clean, normalise
from intents.places import PlaceFinder
from intents.problems import parts as problems
from intents.slots import find_slots, mask, without_phone
from intents.talk import asks, praises, without_lead
from intents.topics import Topics, entries_of
from intents.urgency import Alarm

Floats = NDArray[np.float32]

MOST_CLAUSES = 5  # a longer message is a story, and its clauses are not problems
SURE_OF_ANOTHER = 0.85  # than the category that goes with a danger
TURNED_AWAY = ("out-of-scope", "chitchat")
CLOSE = 0.45  # a question and a report this near to each other: only the writer knows
OFFERED = 3  # alternatives on a question back: a thumb reads three buttons, not five


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Confidences asked for, chosen by train.py on held-out sentences for a stated precision."""

    answer: float = 0.6
    complaint: float = 0.6
    act: float = 0.4
    outside: float = 0.5  # out of scope: refusing someone who meant us costs more than asking
    clarify: float = 0.6  # the alternatives together; below it nobody can guess: a person
    second: float = 0.8

    def asked(self, candidate: Candidate) -> float:
        if candidate.label in TURNED_AWAY:
            return self.outside
        return {Route.ANSWER: self.answer, Route.COMPLAINT: self.complaint}.get(
            candidate.route, self.act
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Understander:
    """The trained model, ready to read messages."""

    vectorizers: tuple[TfIdf, ...]
    lens: Lens
    classifier: Classifier
    alarm: Alarm
    thresholds: Thresholds
    kinds: dict[str, str | None]
    audiences: dict[str, str]
    places: PlaceFinder
    twins: tuple[frozenset[str], ...]
    reports: dict[str, list[str]] = field(default_factory=dict)
    topics: Topics = field(default_factory=dict)
    version: str = ""

    def understand(self, text: str, audience: str | None = None) -> Understanding:
        """The first guess about a message. `audience`: "citizen", "enterprise" or not known."""
        plain = normalise(text)
        masked = mask(clean(text))
        if not any(sign.isalnum() for sign in plain):
            return self._empty(text, masked)
        parts, vector = self.read(self.matter(plain))
        shares = np.exp(self.classifier.log_share(parts, vector))
        ranked = self._reported(plain, self._ranked(shares, audience), shares)
        urgent, danger = self.alarm.danger(parts, vector)
        if danger < self.alarm.threshold:
            urgent = ""
        route, label, confidence = self._decide(ranked, urgent)
        if not urgent and ranked[0].route is not Route.ACT and is_elsewhere(plain, ranked[0].route):
            route, label = Route.ACT, "out-of-scope"
        elif label in TURNED_AWAY and praises(plain):
            route, label = Route.ACT, "praise"
        elif not urgent and (named := self._of_a_field(plain, ranked[0], shares, audience)):
            route, label, ranked = Route.CLARIFY, None, named
        return Understanding(
            text=text,
            route=route,
            label=label,
            confidence=confidence,
            alternatives=tuple(ranked if route is Route.CLARIFY else ranked[1:])[:OFFERED],
            urgent=urgent or None,
            slots=find_slots(text, self.places),
            second=None if urgent else self._second(text, route, ranked, audience),
            masked=masked,
        )

    def _reported(self, plain: str, ranked: list[Candidate], shares: Floats) -> list[Candidate]:
        """The complaint before the service that explains it, where nothing is asked."""
        service = f"{ranked[0].route}/{ranked[0].label}"
        if service not in self.reports or asks(plain):
            return ranked
        labels = self.classifier.labels
        best = max((labels.index(name) for name in self.reports[service]), key=shares.__getitem__)
        report = self._candidate(labels[best], ranked[0].confidence + float(shares[best]))
        others = [c for c in ranked[1:] if c.label != report.label or c.route is not report.route]
        return [report, *others]

    def _of_a_field(
        self, plain: str, best: Candidate, shares: Floats, audience: str | None
    ) -> list[Candidate]:
        """The likeliest entries where a message only names a field that many entries know.

        Who has not said that he writes for a company is a resident.
        """
        entries = entries_of(plain, self.topics) if best.route is Route.ANSWER else ()
        if not entries:
            return []
        index = {label: i for i, label in enumerate(self.classifier.labels)}
        known = [label for label in entries if label in index]
        fitting = (audience or "citizen", "both")
        known.sort(
            key=lambda label: (self.audiences.get(label) not in fitting, -shares[index[label]])
        )
        return [self._candidate(label, float(shares[index[label]])) for label in known[:OFFERED]]

    def _second(
        self, text: str, route: Route, ranked: list[Candidate], audience: str | None
    ) -> Candidate | None:
        """Another problem in the same message; None unless two clauses are sure, each of its own."""
        clauses = problems(text)
        if route is Route.ACT or not 2 <= len(clauses) <= MOST_CLAUSES:
            return None
        best = [self._ranked(self._shares(self.matter(normalise(c))), audience)[0] for c in clauses]
        sure = [
            c
            for c in best
            if c.route in (Route.ANSWER, Route.COMPLAINT) and c.confidence >= self.thresholds.second
        ]
        first = ranked[0]
        others = [c for c in sure if c.label != first.label and not self._same(c, first)]
        if not others or not any(c.label == first.label for c in best):
            return None
        return max(others, key=lambda c: c.confidence)

    def _same(self, one: Candidate, other: Candidate) -> bool:
        pair = {f"{one.route}/{one.label}", f"{other.route}/{other.label}"}
        return any(pair <= group for group in self.twins)

    def _shares(self, plain: str) -> Floats:
        return np.exp(self.classifier.log_share(*self.read(plain)))

    def matter(self, plain: str) -> str:
        """What the message is about, without where, whom to call, how the talk begins and how loud it is.

        The corpus shouts in idle talk more than in danger: read as a word, one ! silenced alarms.
        """
        return self.places.without(without_phone(without_lead(plain.replace("!", " ").strip())))

    def read(self, plain: str) -> tuple[list[Weights], Floats]:
        """The features of a normalised text."""
        vector = self.lens.look(encode([plain]))[0]
        return weigh(self.vectorizers, plain), vector

    def explain(self, text: str) -> list[tuple[str, str, float]]:
        """(word, label, weight) of what spoke for the best label, strongest first."""
        plain = self.matter(normalise(text))
        parts, vector = self.read(plain)
        best = int(np.argmax(self.classifier.log_share(parts, vector)))
        label = self.classifier.labels[best]
        spoken: list[tuple[str, str, float]] = []
        start = 0
        for vectorizer, part in zip(self.vectorizers, parts, strict=True):
            wanted = set((part.columns - start).tolist())
            names = {c: t for t, c in vectorizer.columns.items() if c in wanted}
            for column, value in zip(part.columns.tolist(), part.values.tolist(), strict=True):
                weight = value * float(self.classifier.line[column, best])
                spoken.append((names[column - start].strip("^$"), label, weight))
            start += len(vectorizer.columns)
        return list(islice(sorted(spoken, key=lambda item: -abs(item[2])), 12))

    def _empty(self, text: str, masked: str) -> Understanding:
        """No letter and no digit: nothing to understand, so ask nobody and say nothing clever."""
        return Understanding(
            text=text, route=Route.ACT, label="out-of-scope", confidence=1.0, masked=masked
        )

    def _ranked(self, shares: Floats, audience: str | None) -> list[Candidate]:
        labels = self.classifier.labels
        index = {label: i for i, label in enumerate(labels)}
        shares = shares.copy()
        for group in self.twins:
            members = sorted((index[t] for t in group if t in index), key=lambda i: -shares[i])
            if len(members) > 1:
                if audience:  # who writes decides between equals
                    members.sort(
                        key=lambda i: self.audiences.get(labels[i]) not in (audience, "both")
                    )
                shares[members[0]] = shares[members].sum()
                shares[members[1:]] *= 1e-3
        order = np.argsort(-shares)[: OFFERED + 1]
        return [self._candidate(labels[i], float(shares[i])) for i in order]

    @staticmethod
    def _candidate(label: str, share: float) -> Candidate:
        route, _, name = label.partition("/")
        return Candidate(route=Route(route), label=name, confidence=share)

    def _decide(self, ranked: list[Candidate], urgent: str) -> tuple[Route, str | None, float]:
        best = ranked[0]
        if urgent:
            category = self.kinds[urgent]
            sure = best.route is Route.COMPLAINT and best.confidence >= SURE_OF_ANOTHER
            if category is None:
                return Route.ACT, "human", 1.0
            return Route.COMPLAINT, best.label if sure else category, max(best.confidence, 0.5)
        if _between_two(best, ranked[1]):
            return Route.CLARIFY, None, best.confidence
        if best.confidence >= self.thresholds.asked(best):
            return best.route, best.label, best.confidence
        offered = sum(c.confidence for c in ranked[:OFFERED])
        route = Route.CLARIFY if offered >= self.thresholds.clarify else Route.HUMAN
        return route, None, best.confidence


def _between_two(best: Candidate, next_best: Candidate) -> bool:
    """Explaining to somebody who reports, or filing for somebody who asks, is beside the point."""
    routes = {best.route, next_best.route}
    return routes == {Route.ANSWER, Route.COMPLAINT} and next_best.confidence >= CLOSE
