"""Every transcript at every door: the same words in, the same words out."""

from collections.abc import Callable

import play
import pytest
from doors import CoreDoor, TelegramDoor, TerminalDoor, WebDoor
from play import Door, Play, StoppedClock

from bot.app import Bot

DOORS: dict[str, Callable[[Bot], Door]] = {
    "core": CoreDoor,
    "terminal": TerminalDoor,
    "web": WebDoor,
    "telegram": TelegramDoor,
}


@pytest.mark.parametrize("name", play.NAMES)
@pytest.mark.parametrize("door", DOORS)
def test_the_play_is_the_same_at_every_door(
    door: str, name: str, bot: Bot, clock: StoppedClock
) -> None:
    transcript = play.load(name)
    if door not in transcript.get("doors", DOORS):
        pytest.skip(f"cannot be done at the door {door}: {transcript['why']}")
    clock.now = play.moment(transcript["now"])
    at_door = DOORS[door](bot)
    try:
        Play(bot, clock, at_door).run(transcript)
    finally:
        at_door.close()


def test_there_are_enough_plays() -> None:
    assert len(play.NAMES) >= 25
