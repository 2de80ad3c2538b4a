"""Transactions of several processes that wait for each other: the one that was undone begins again."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from bot.errors import Conflict

TRIES = 5  # of those that wait in a ring PostgreSQL undoes one: the others have gone on by then

Method = TypeVar("Method", bound=Callable[..., Any])


def whole(method: Method) -> Method:
    """For what is one transaction of its first argument's `store`: run again when it was undone for another's sake.

    Within a larger transaction that is left to whoever began the larger one.
    """

    @wraps(method)
    def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        for _ in range(TRIES - 1):
            try:
                return method(self, *args, **kwargs)
            except Conflict:
                if self.store.database.within:
                    raise
        return method(self, *args, **kwargs)

    return cast(Method, run)
