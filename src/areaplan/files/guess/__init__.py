"""The guess behind ``areaplan init``: which file is what, and which column means what."""

from areaplan.files.guess.draft import guess_settings

__all__ = ["guess_settings"]
