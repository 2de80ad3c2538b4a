"""A PostgreSQL server for one test session, from whatever is installed; gone when the session ends."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

QUICK = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=40"
    " -c deadlock_timeout=100ms"
)


class NoPostgres(Exception):
    """There is nothing here to start a server with."""


@contextmanager
def running_server() -> Iterator[str]:
    """The URL of a server that listens on a socket in a folder of its own and nowhere else."""
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    user = _somebody()
    # Short, and not pytest's own: a socket's path may have 107 signs, and others may not look into that.
    home = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    try:
        if user:
            shutil.chown(home, user)
        data, log = home / "data", home / "log"
        _run(
            user,
            home,
            initdb,
            "-D",
            str(data),
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--no-locale",
            "-N",
        )
        options = f"{QUICK} -c listen_addresses='' -k {home}"
        try:
            _run(
                user,
                home,
                pg_ctl,
                "-D",
                str(data),
                "-l",
                str(log),
                "-w",
                "-t",
                "60",
                "-o",
                options,
                "start",
            )
            yield f"postgresql://postgres@/postgres?host={home}"
        finally:
            _run(
                user, home, pg_ctl, "-D", str(data), "-m", "immediate", "-w", "stop", may_fail=True
            )
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _program(name: str) -> str:
    """On the path, or where Debian keeps it: newest version first."""
    kept = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
        key=lambda path: float(path.parts[4]),
        reverse=True,
    )
    found = str(kept[0]) if kept else shutil.which(name)
    if found is None:
        raise NoPostgres(f"{name} is not installed (apt-get install postgresql)")
    return found


def _somebody() -> str | None:
    """PostgreSQL refuses to run as root; None where we are somebody else anyway."""
    if os.getuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    user = next((name for name in ("postgres", "nobody") if name in known), None)
    if user is None or shutil.which("runuser") is None:
        raise NoPostgres("there is no other user to run PostgreSQL as")
    return user


def _run(user: str | None, home: Path, *command: str, may_fail: bool = False) -> None:
    prefix = ["runuser", "-u", user, "--"] if user else []
    # Into a file: a server keeps its parent's pipes, and waiting for their end would wait for ever.
    with (home / "run.log").open("a+") as output:
        done = subprocess.run(
            [*prefix, *command],
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            timeout=120,
        )
        if done.returncode and not may_fail:
            output.seek(0)
            raise NoPostgres(f"{Path(command[0]).name} failed: {output.read()[-2000:]}")
