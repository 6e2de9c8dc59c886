"""Make a delivery: write beside, open everything again, write the manifest, move."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from areaplan.certificate import content_hash
from areaplan.deliveries.contractor import for_contractor
from areaplan.deliveries.delivery import TRUSTED, Delivery, Options
from areaplan.deliveries.enumerators import for_enumerators
from areaplan.deliveries.manifest import write_manifest
from areaplan.deliveries.office import for_office
from areaplan.deliveries.readme import write_readme
from areaplan.deliveries.upper import for_upper
from areaplan.deliveries.verify import verify
from areaplan.errors import InputError
from areaplan.files import staged
from areaplan.maps.sheets.atlas import Progress
from areaplan.messages import msg
from areaplan.model import AreaPlan
from areaplan.sensitive import shown_plan

__all__ = ["RECEIVERS", "Options", "deliver"]

RECEIVERS: Final[dict[str, Callable[[Delivery], None]]] = {
    "contractor": for_contractor, "office": for_office, "enumerators": for_enumerators, "upper": for_upper,
}  # fmt: skip
"""Receiver -> what fills the folder."""


def deliver(
    plan: AreaPlan,
    to: str,
    folder: str | Path,
    options: Options | None = None,
    progress: Progress = None,
) -> list[Path]:
    """Write the delivery of a plan to a receiver into ``folder``, whole or not at all; return its files.

    Parameters
    ----------
    plan
        What is delivered.
    to
        ``contractor`` (GIS files in four formats, a QGIS project, DXF, sheets), ``office`` (register, totals, print order), ``enumerators`` (sheets, listing
        forms) or ``upper`` (three merged layers, the issued list filled in, counts, differences, work note).
    folder
        Where it goes; an earlier delivery to the same receiver there is replaced.
    options
        What may be asked.

    Raises
    ------
    InputError
        For an unknown receiver, and whatever the options name that cannot be used.
    OutputError
        When the folder cannot be written, or a file did not open again as it was written.
    """
    if to not in RECEIVERS:
        raise InputError(msg("{to}: no such receiver; known are {known}", to=to, known=", ".join(RECEIVERS)))
    folder = Path(folder)
    with staged(folder, owner=f"deliver {to}") as beside:
        known = plan if to in TRUSTED else shown_plan(plan)
        delivery = Delivery(known, content_hash(plan), beside, options or Options(), progress)
        RECEIVERS[to](delivery)
        verify(delivery)
        write_readme(delivery, to)
        write_manifest(delivery, to)
        return [folder / p.relative_to(beside) for p in sorted(beside.rglob("*")) if p.is_file()]
