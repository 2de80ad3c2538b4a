"""Several trainings at once, each in a process of its own: the machine below holds Python's lock.

The matrices travel as files that all processes map, not as copies.
"""

import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import scipy.sparse as sp
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from intents.classifier import Classifier, Examples, Learning, fit

PROCESSES = 2
WORTH_PROCESSES = 20_000_000  # sentences times labels; below that starting a process costs more


def fit_apart(
    tasks: Sequence[Examples], labels: tuple[str, ...], learning: Learning
) -> Iterator[Classifier]:
    """A classifier a task, in the order of the tasks."""
    if sum(len(task.classes) for task in tasks) * len(labels) < WORTH_PROCESSES:
        for seed, task in enumerate(tasks):
            yield _fit(task, labels, learning, seed)
        return
    with (
        TemporaryDirectory(prefix="mashangban-") as name,
        ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool,
    ):
        folder = Path(name)
        waiting = []
        for seed, task in enumerate(tasks):
            path = folder / str(seed)
            path.mkdir()
            for part in ("data", "indices", "indptr"):
                np.save(path / f"{part}.npy", getattr(task.matrix, part))
            np.save(path / "classes.npy", task.classes)
            shape = task.matrix.shape
            waiting.append(pool.submit(_fit_file, path, shape, labels, learning, seed))
        for seed, fitted in enumerate(waiting):
            bias = fitted.result()
            line = np.load(folder / str(seed) / "line.npy")
            yield Classifier(labels=labels, line=line, bias=bias)


def _fit_file(
    path: Path, shape: tuple[int, int], labels: tuple[str, ...], learning: Learning, seed: int
) -> np.ndarray:
    data, indices, indptr, classes = (
        np.load(path / f"{part}.npy", mmap_mode="r")
        for part in ("data", "indices", "indptr", "classes")
    )
    matrix = sp.csr_matrix((data, indices, indptr), shape=shape, copy=False)
    model = _fit(Examples(matrix=matrix, classes=np.asarray(classes)), labels, learning, seed)
    np.save(path / "line.npy", model.line)
    return model.bias


def _fit(task: Examples, labels: tuple[str, ...], learning: Learning, seed: int) -> Classifier:
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore", ConvergenceWarning)  # loose on purpose: see `fit`
        return fit(task, labels, learning, seed=seed)
