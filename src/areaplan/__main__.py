"""Run the command line as ``python -m areaplan``."""

from areaplan.cli import main

if __name__ == "__main__":  # spawned workers import this module again
    main()
