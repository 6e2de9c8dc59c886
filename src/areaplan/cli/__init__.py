"""The command line: a file per verb; each parses, calls one function, prints, and sets the exit code.

Standard output carries results, standard error everything said about them. Exit 0: clean; 1: findings of severity error; 2: input that
cannot be used, said in one message without a traceback.
"""

from areaplan.cli.main import main

__all__ = ["main"]
