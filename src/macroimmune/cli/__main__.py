"""Run the command line with `python -m macroimmune.cli`."""

from macroimmune.cli.main import main

main()
