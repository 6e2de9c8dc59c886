"""The reading half of the file room: from the files an office has to a :class:`~areaplan.model.Territory`."""

from areaplan.files.reading.territory import read_territory

__all__ = ["read_territory"]
