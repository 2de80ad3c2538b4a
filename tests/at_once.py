"""Several threads or processes on one database, all at once."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

from bot.store import Store, open_store

ROOT = Path(__file__).parent.parent


def at_once(url: str, workers: int, work: Callable[[Store], object]) -> list[object]:
    """Each worker with a store, that is a connection, of its own; all begin together."""
    gate = Barrier(workers)

    def one(_: int) -> object:
        with closing(open_store(url)) as store:
            gate.wait(20)
            return work(store)

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(one, range(workers)))


def processes(url: str, workers: int, program: str) -> list[subprocess.CompletedProcess[str]]:
    """The same with whole processes; `program` knows `store`."""
    code = (
        f"import sys\nfrom bot.store import open_store\nstore = open_store(sys.argv[1])\n{program}"
    )
    command = [sys.executable, "-c", code, url]
    with ThreadPoolExecutor(workers) as pool:
        running = [
            pool.submit(
                subprocess.run,
                command,
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            for _ in range(workers)
        ]
        return [each.result() for each in running]
