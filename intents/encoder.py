"""Sentences to vectors of meaning: Google's Universal Sentence Encoder v3, which comes inside a wheel."""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from intents.backbone import WIDTH, Backbone

Vectors = NDArray[np.float32]

SIGNS = 120  # longer texts are cut: the head carries the matter, and the time grows with the length
_BATCH = 16


@cache
def _backbone() -> Backbone:
    """Loaded once a process."""
    return Backbone()


def encode(texts: Sequence[str]) -> Vectors:
    """One row a text."""
    if not texts:
        return np.zeros((0, WIDTH), np.float32)
    return _backbone().vectors([text[:SIGNS] or " " for text in texts])


def encode_all(
    texts: Sequence[str], processes: int = 2, cache_file: Path | None = None
) -> Iterator[Vectors]:
    """The same for many texts, in order, batch by batch so that a bar can move.

    `cache_file` keeps what was encoded: the second training of a day starts where it matters.
    """
    known = _read_cache(cache_file)
    missing = sorted({t for t in texts if _key(t) not in known}, key=len)
    batches = [missing[i : i + _BATCH] for i in range(0, len(missing), _BATCH)]
    if len(batches) < 20:
        for batch in batches:
            known |= zip(map(_key, batch), encode(batch), strict=True)
    else:
        with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
            for batch, vectors in zip(batches, pool.map(encode, batches, chunksize=4), strict=True):
                known |= zip(map(_key, batch), vectors, strict=True)
                yield vectors
    _write_cache(cache_file, known, texts, missing)
    yield np.stack([known[_key(text)] for text in texts])


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:12]


def _read_cache(path: Path | None) -> dict[bytes, Vectors]:
    if path is None or not path.exists():
        return {}
    try:
        with np.load(path, allow_pickle=False) as stored:
            keys, vectors = stored["keys"], stored["vectors"].astype(np.float32)
    except (OSError, ValueError, KeyError):
        return {}  # half a file of a run that was stopped: nothing is lost but time
    return {bytes(k): v for k, v in zip(keys, vectors, strict=True)}


def _write_cache(
    path: Path | None, known: dict[bytes, Vectors], texts: Sequence[str], missing: list[str]
) -> None:
    if path is None or not missing:
        return
    keys = list({_key(text) for text in texts})
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        path,
        keys=np.frombuffer(b"".join(keys), np.uint8).reshape(-1, 12),
        vectors=np.stack([known[k] for k in keys]).astype(np.float16),
    )
