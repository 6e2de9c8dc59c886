"""The only room that opens data files: reading input, writing plans and deliveries."""

from areaplan.files.reading import read_territory

__all__ = ["read_territory"]
