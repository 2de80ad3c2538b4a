"""A chat in the terminal, for developers: buttons are numbers, staff's replies come before the prompt."""

import secrets
import signal
from collections.abc import Callable

from bot.channels import Front
from bot.messages import Button, Chat, Message, Reply, Spoken

CHAT = Chat(channel="terminal", id="local")
PROMPT = "您> "
GREETING = "马上办。直接打字；方括号里的数字是按钮；Ctrl-D 结束。"


async def converse(
    front: Front,
    chat: Chat = CHAT,
    read: Callable[[str], str] = input,
    write: Callable[[str], None] = print,
) -> None:
    """Until the input ends. Nothing else runs in this loop, so reading may block it."""
    if read is input:
        # asyncio turns the first Ctrl-C into a cancellation, which a blocked input() never sees
        signal.signal(signal.SIGINT, signal.default_int_handler)
    write(GREETING)
    talk = _Talk(front, chat, write)
    while True:
        await talk.show_news()
        try:
            line = read(PROMPT)
        except (EOFError, KeyboardInterrupt):
            write("")
            return
        if line.strip():  # an empty line only looks for news
            await talk.say(line)


class _Talk:
    """One chat: what was shown, and what the numbers mean now."""

    def __init__(self, front: Front, chat: Chat, write: Callable[[str], None]) -> None:
        self.front = front
        self.chat = chat
        self.write = write
        self.choices: tuple[Button, ...] = ()

    async def say(self, line: str) -> None:
        choice = self._chosen(line)
        message = Message(
            chat=self.chat,
            id=secrets.token_hex(8),
            text=choice.text if choice else line,
            button=choice.data if choice else None,
            sent_at=self.front.now(),
        )
        replies = await self.front.run(self.front.receive, message)
        if not await self.show_news():
            for reply in replies:  # a full disk: said, though not kept
                self._show(reply.text, reply)

    async def show_news(self) -> bool:
        """Print what was said since the last look: answers, and what staff wrote meanwhile."""
        lines = await self.front.run(self._unseen)
        said = [line for line in lines if line.voice != "resident"]
        if said:
            self.choices = ()
        for line in said:
            self._show(line.text, line.reply)
        return bool(said)

    def _unseen(self) -> list[Spoken]:
        """In the core thread. How far it was read is remembered from one start to the next."""
        notes, key = self.front.store.notes, f"read {self.chat.channel} {self.chat.id}"
        lines = self.front.store.chats.transcript(self.chat, int(notes.recall(key) or 0))
        if lines:
            notes.remember(key, str(lines[-1].id))
        return lines

    def _chosen(self, line: str) -> Button | None:
        number = line.strip()
        if number.isascii() and number.isdigit() and 1 <= int(number) <= len(self.choices):
            return self.choices[int(number) - 1]
        return None

    def _show(self, text: str, reply: Reply | None) -> None:
        author = reply.author if reply and reply.author else "马上办"
        self.write(f"{author}> {text}")
        for button in reply.buttons if reply else ():
            self.choices = (*self.choices, button)
            self.write(f"  [{len(self.choices)}] {button.text}")
