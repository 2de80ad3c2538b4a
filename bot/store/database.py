"""The seam between our SQL and a database: three calls, a lock and a name."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

Row = dict[str, Any]
Params = Mapping[str, object]
NONE: Params = {}


class Database(Protocol):
    """What sqlite.py and postgres.py give. SQL is written for both; parameters are `:name`."""

    dialect: str  # "sqlite" or "postgres"
    skip_locked: str  # ends a select that claims rows: other claimants pass them by

    def query(self, sql: str, params: Params = NONE) -> list[Row]: ...

    def execute(self, sql: str, params: Params = NONE) -> int:
        """The number of rows touched."""
        ...

    def atomic(self) -> AbstractContextManager[None]:
        """All or nothing. A block within a block is kept or lost with the outer one.

        An inner block that fails is undone by itself, so that a caller may catch its error and go on.
        """
        ...

    def lock(self, name: str) -> None:
        """Until the end of the transaction nobody else passes this line with the same name."""
        ...

    def close(self) -> None: ...
