"""`python -m handheld` is the `pocketmesh` command."""

from handheld.cli.main import entry

if __name__ == "__main__":
    entry()
