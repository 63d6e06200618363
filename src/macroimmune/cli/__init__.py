"""The command line: one verb per stage, folder in, folder out."""

from macroimmune.cli.main import main

__all__ = ["main"]
