"""Reads the sentences that people wrote and the FAQ; finds what is wrong with them."""

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from intents.elsewhere import is_elsewhere
from intents.meaning import CorpusError
from intents.normalise import normalise
from intents.places import read_places

HERE = Path(__file__).parent
_ROUTES = {"service": "answer", "complaint": "complaint", "act": "act"}
_HELDOUT = {"services": "answer", "complaints": "complaint", "acts": "act"}
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is ten times as fast


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One training sentence. `label` is "route/label"; `urgent` a kind, "" for calm."""

    text: str
    label: str
    urgent: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOutMessages:
    """Messages written apart from the corpus, normalised, with their labels: to calibrate on."""

    texts: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """Everything the model learns from."""

    sentences: tuple[Sentence, ...]
    faq: tuple[Sentence, ...]
    kinds: dict[str, str | None]  # urgent kind -> complaint category; None: a person decides
    audiences: dict[str, str] = field(default_factory=dict)  # answer/<id> -> citizen, enterprise
    words: tuple[str, ...] = ()  # words of the FAQ that jieba must not split
    twins: tuple[frozenset[str], ...] = ()
    reports: dict[str, list[str]] = field(default_factory=dict)  # service -> its complaints
    heldout: HeldOutMessages = HeldOutMessages()
    places: frozenset[str] = frozenset()  # names that no pattern of an address can see

    @cached_property
    def labelled(self) -> tuple[Sentence, ...]:
        """Sentences with a label: danger has its own detector and no label of its own."""
        return tuple(s for s in self.sentences if s.label)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        return tuple(sorted({s.label for s in self.labelled}))

    @property
    def digest(self) -> str:
        """Changes when any sentence, answer or word changes."""
        lines = [f"{s.label}\t{s.urgent}\t{s.text}" for s in (*self.sentences, *self.faq)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def read_yaml(path: Path) -> Any:
    """The file's content, or a CorpusError that names the line."""
    try:
        return yaml.load(path.read_text("utf-8"), Loader=_Loader)
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise CorpusError(f"{where}: not valid YAML; check quotes and indents") from error


def read_corpus(folder: Path = HERE, faq: Path = Path("faq.yaml")) -> Corpus:
    """`folder` holds zh/*.yaml, urgent.yaml, twins.yaml, reports.yaml and places.yaml."""
    sentences: list[Sentence] = []
    for path in sorted((folder / "zh").glob("*.yaml")):
        sentences += _read_file(path)
    if not sentences:
        raise CorpusError(f"{folder / 'zh'}: no sentences; add service_<topic>.yaml and the like")
    entries, audiences, words = _read_faq(faq)
    written = {s.text: s.label for s in sentences if s.label}
    return Corpus(
        sentences=tuple(s for s in _unique(sentences) if not _is_known_by_its_place(s)),
        # a keyword that a writer calls a report (“垃圾没人收”) is none of the answer's
        faq=tuple(s for s in entries if written.get(s.text, s.label) == s.label),
        kinds=dict(read_yaml(folder / "urgent.yaml")),
        audiences=audiences,
        words=tuple(words),
        twins=tuple(frozenset(group) for group in read_yaml(folder / "twins.yaml")),
        reports=dict(read_yaml(folder / "reports.yaml")),
        heldout=read_heldout(folder / "heldout"),
        places=read_places(folder / "places.yaml"),
    )


def _is_known_by_its_place(sentence: Sentence) -> bool:
    """A matter elsewhere: the rule of elsewhere.py knows it. Learnt, its words would make our own
    matters look foreign."""
    return sentence.label == "act/out-of-scope" and all(
        is_elsewhere(sentence.text, route) for route in ("answer", "complaint")
    )


def _read_file(path: Path) -> list[Sentence]:
    kind, _, name = re.sub(r"_\d+$", "", path.stem).partition("_")
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise CorpusError(f"{path}: expected a mapping of label to a list of sentences")
    if kind == "urgent":
        danger = _sentences(path, "danger", content.get("danger"))
        found = [Sentence(text=t, label="", urgent=name, source=path.name) for t in danger]
        for label, texts in (content.get("calm") or {}).items():
            found += [
                Sentence(text=t, label=label, source=path.name)
                for t in _sentences(path, label, texts)
            ]
        return found
    if kind not in _ROUTES:
        raise CorpusError(f"{path}: name it service_, complaint_, act_ or urgent_<something>.yaml")
    return [
        Sentence(text=text, label=f"{_ROUTES[kind]}/{label}", source=path.name)
        for label, texts in content.items()
        for text in _sentences(path, label, texts)
    ]


def _sentences(path: Path, label: str, texts: object) -> list[str]:
    if not isinstance(texts, list) or not all(isinstance(t, str) for t in texts):
        raise CorpusError(
            f"{path}: {label}: expected a list of sentences (put quotes round numbers)"
        )
    return [normalised for t in texts if (normalised := normalise(t))]


def _unique(sentences: list[Sentence]) -> list[Sentence]:
    """The first of equal sentences with one meaning; contradictions stay, for `faults` to find."""
    return list({(s.text, s.label, s.urgent): s for s in reversed(sentences)}.values())[::-1]


def _read_faq(path: Path) -> tuple[list[Sentence], dict[str, str], list[str]]:
    content = read_yaml(path)
    sentences: list[Sentence] = []
    audiences: dict[str, str] = {}
    words: list[str] = []
    for entry in (content or {}).get("entries") or []:
        label = f"answer/{entry['id']}"
        audiences[label] = entry.get("audience") or "both"
        words += [str(word) for word in entry.get("keywords") or []]
        texts = [("title", entry["title"]), ("answer", entry["answer"])]
        texts += [("question", text) for text in entry.get("questions") or []]
        texts += [("keyword", text) for text in entry.get("keywords") or []]
        sentences += [
            Sentence(text=normalised, label=label, source=source)
            for source, text in texts
            if (normalised := normalise(str(text)))
        ]
    if not sentences:
        raise CorpusError(f"{path}: no entries; the bot has nothing to answer")
    return sentences, audiences, words


def read_heldout(folder: Path) -> HeldOutMessages:
    """All messages of heldout/{services,complaints,acts}.yaml; none where the folder is missing."""
    pairs = [
        (normalised, f"{route}/{label}")
        for name, route in _HELDOUT.items()
        if (path := folder / f"{name}.yaml").exists()
        for label, texts in read_yaml(path).items()
        for text in _sentences(path, label, texts)
        if (normalised := normalise(text))
    ]
    return HeldOutMessages(
        texts=tuple(text for text, _ in pairs), labels=tuple(label for _, label in pairs)
    )


def contradictions(corpus: Corpus) -> list[str]:
    """Sentences that stand under two labels, or are both danger and calm."""
    homes: dict[str, set[str]] = defaultdict(set)
    for s in corpus.sentences:
        homes[s.text].add(s.label or f"urgent/{s.urgent}")
    return [f"{text}: {', '.join(sorted(h))}" for text, h in sorted(homes.items()) if len(h) > 1]


def without_contradictions(corpus: Corpus) -> Corpus:
    """What can be learnt from: one wrong line of an editor must not stop the bot from starting."""
    homes: dict[str, set[str]] = defaultdict(set)
    for s in corpus.sentences:
        homes[s.text].add(s.label or s.urgent)
    return replace(corpus, sentences=tuple(s for s in corpus.sentences if len(homes[s.text]) == 1))
