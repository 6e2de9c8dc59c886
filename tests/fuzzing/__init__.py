"""Spoil input files by chance and run the command line on them: exit 0, 1 or 2, never a traceback, never half an output.

``python -m fuzzing FIRST COUNT`` (in ``tests``) runs seeds FIRST … FIRST + COUNT - 1 and prints each failure as a line of JSON; the same
seed spoils the same file the same way, so a failure can be looked at again with COUNT 1 and ``--keep FOLDER``.
"""
