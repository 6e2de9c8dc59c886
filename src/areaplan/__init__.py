"""Divide villages and towns into census enumeration areas, and prove the division.

A **territory** is cut into **cells** along lines people can see; a **plan** gives every cell to exactly one **enumeration area**;
**findings** say what is wrong with a plan.
"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("areaplan")
except PackageNotFoundError:  # run from a checkout that was not installed
    __version__ = "0.0.0"

__all__ = ["__version__"]
