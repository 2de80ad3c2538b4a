"""马上办: the front desk of an urban district in a chat window.

A message goes in at one door, through few rooms, and out at the same door:

    channel → inbox → dialogue → intents → faq (an answer) | desk (a ticket) → outbox → channel

`app.Bot.receive` is the main path. `moves.MOVES` is the one table of what may happen to a ticket.
Nothing leaves except through the outbox; nobody reads the clock but `app`; nobody writes SQL but `store`.
"""

__version__ = "0.1.0"
