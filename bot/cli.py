"""The commands of `mashangban`. Errors of ours end as one line on standard error and exit code 1."""

import logging
import sys

import click

from bot import __version__
from bot.commands import service, staff, tickets, upkeep
from bot.errors import BotError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """马上办: answers, tickets and people for an urban district."""


for command in (*service.COMMANDS, *staff.COMMANDS, *tickets.COMMANDS, *upkeep.COMMANDS):
    cli.add_command(command)


def main() -> None:
    """Run a command; what goes wrong is said in one clear line."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # its INFO lines show the Telegram token
    try:
        cli(standalone_mode=False)
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(1)
    except BotError as error:
        click.echo(f"mashangban: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        click.echo(f"mashangban: {error.strerror}: {error.filename or ''}".rstrip(": "), err=True)
        sys.exit(1)
