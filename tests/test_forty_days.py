"""A district for three weeks: nobody is told a date or a name that the ticket does not have."""

from pathlib import Path

from forty_days import play

from intents import Understander


def test_what_residents_are_told_is_what_the_tickets_say(
    understander: Understander, tmp_path: Path
) -> None:
    played = play(understander, tmp_path, tickets=30, days=21, seed=3)
    assert played.told.wrong == []
    assert len(played.done) > 10
