"""The seam between our SQL and a database: four calls, a lock and a name."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Row = dict[str, Any]
Params = Mapping[str, object]
NONE: Params = {}


class Database(Protocol):
    """What sqlite.py and postgres.py give. SQL is written for both; parameters are `:name`."""

    dialect: str  # "sqlite" or "postgres"
    skip_locked: str  # ends a select that claims rows: other claimants pass them by
    gathered: str  # all values of a column of a group as a JSON list: a pattern with `{column}`

    def query(self, sql: str, params: Params = NONE) -> list[Row]: ...

    def execute(self, sql: str, params: Params = NONE) -> int:
        """The number of rows touched."""
        ...

    def execute_many(self, sql: str, rows: Sequence[Params]) -> int:
        """The same once a row, in their order, at the cost of one call."""
        ...

    def atomic(self) -> AbstractContextManager[None]:
        """All or nothing. A block within a block is kept or lost with the outer one.

        An inner block that fails is undone by itself, so that a caller may catch its error and go on.
        """
        ...

    @property
    def within(self) -> bool:
        """Whether a transaction is open."""
        ...

    def lock(self, name: str) -> None:
        """Until the end of the transaction nobody else passes this line with the same name."""
        ...

    def another(self) -> "Database":
        """One more connection to the same database, for another thread; memory has only the one."""
        ...

    def close(self) -> None: ...
