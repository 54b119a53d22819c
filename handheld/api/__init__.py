"""The door for screens and scripts: commands and events as JSON lines on a local socket."""
