"""Where the organs meet: command or frame in, effects and events out. Pure."""
