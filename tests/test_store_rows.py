"""How values are written: one canonical way, whatever is in them, and the same on every path."""

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.messages import Attachment, AttachmentKind, Location
from bot.store import Store
from bot.store.rows import canonical, clean, plain
from bot.tickets import EventKind

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
TEXTS = st.text(st.characters(codec=None, categories=None), max_size=12) | st.sampled_from(
    ["\x00", "a\x00b", "\\u0000", "半\ud83d", "\ud83d\ude00", "津桥路"]
)
LEAVES: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS
    | st.sampled_from([NOW, NOW.date(), EventKind.FILED, Location(latitude=1.5, longitude=2),
                       Attachment(kind=AttachmentKind.PHOTO, file="a\x00")])
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(TEXTS, inner, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUES)
def test_the_quick_way_writes_what_the_plain_way_writes(value: object) -> None:
    """Hashes are taken of it: one sign more or less and no history could be verified."""
    slowly = json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert canonical(value) == slowly
    assert "\x00" not in slowly
    slowly.encode()


@given(TEXTS)
def test_clean_text_is_left_as_it_is(text: str) -> None:
    assert clean(text) == text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def test_a_second_connection_sees_what_is_stored(store: Store) -> None:
    store.notes.remember("a", "b")
    with store.beside() as other:
        assert other.notes.recall("a") == "b"
    assert store.notes.recall("a") == "b"
