"""``areaplan init``: look into a folder of files and write the settings."""

from __future__ import annotations

from pathlib import Path

import click

from areaplan.cli.base import Verb, option, say
from areaplan.messages import msg


@click.command(
    "init",
    cls=Verb,
    says=msg("Look into FOLDER and write a commented areaplan.toml with the best guess of layers and columns."),
)
@click.argument("folder", type=click.Path(path_type=Path))
@option("--out", type=click.Path(path_type=Path), says=msg("file to write (else FOLDER/areaplan.toml)"))
@option("--force", is_flag=True, says=msg("replace an existing file"))
def verb(folder: Path, out: Path | None, force: bool) -> None:
    """Write a first areaplan.toml."""
    from areaplan.errors import OutputError
    from areaplan.files import guess_settings, replace_text

    place = out or folder / "areaplan.toml"
    if place.exists() and not force:
        raise OutputError(msg("{path}: exists; --force replaces it, --out writes elsewhere", path=place))
    replace_text(place, guess_settings(folder))
    say(msg("{path} is written. Read it, correct it, then: areaplan plan {path}", path=place))


__all__ = ["verb"]
