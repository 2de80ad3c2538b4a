"""One file a family of commands; each exports COMMANDS for bot.cli."""
