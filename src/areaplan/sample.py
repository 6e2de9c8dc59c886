"""Find the invented sample town, in an installed package or in a checkout."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from areaplan.errors import InputError
from areaplan.messages import msg
from areaplan.settings import Settings, read_settings

__all__ = ["sample_folder", "sample_settings"]


def sample_folder() -> Path:
    """Return the folder with the sample's ``areaplan.toml``.

    Raises
    ------
    InputError
        When the package was installed without it.
    """
    package = Path(str(files("areaplan")))
    for folder in (package / "_sample", package.parents[1] / "data" / "sample"):
        if (folder / "areaplan.toml").exists():
            return folder
    raise InputError(msg("the sample town is not part of this installation; install areaplan again"))


def sample_settings() -> Settings:
    """Return the settings of the sample town."""
    return read_settings(sample_folder() / "areaplan.toml")
