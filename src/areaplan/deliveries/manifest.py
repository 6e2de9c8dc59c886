"""The manifest: what is in a delivery, how much, and the hash of every file."""

from __future__ import annotations

import hashlib
from typing import Any

from areaplan import __version__
from areaplan.deliveries.delivery import Delivery
from areaplan.files import write_json

__all__ = ["MANIFEST", "SUMS", "write_manifest"]

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"


def write_manifest(delivery: Delivery, to: str) -> None:
    """Write ``manifest.json``, and ``SHA256SUMS`` in the form that ``sha256sum -c`` reads, over every file of the folder."""
    files = sorted(p for p in delivery.folder.rglob("*") if p.is_file())
    names = [p.relative_to(delivery.folder).as_posix() for p in files]
    hashes = [hashlib.sha256(p.read_bytes()).hexdigest() for p in files]
    plan, crs = delivery.plan, delivery.plan.crs
    data: dict[str, Any] = {
        "form": 1,
        "receiver": to,
        "title": plan.territory.title,
        "class": delivery.options.edition.circulation(delivery.lang),
        "content_hash": delivery.hash,
        "areaplan": __version__,
        "crs": ":".join(crs.to_authority() or ()) or crs.name,
        "counts": delivery.counts(),
        "rows": {i.path.relative_to(delivery.folder).as_posix(): i.rows for i in delivery.items if i.rows},
        "files": {n: {"bytes": p.stat().st_size, "sha256": h} for n, p, h in zip(names, files, hashes, strict=True)},
    }
    write_json(delivery.folder / MANIFEST, data)
    own = hashlib.sha256((delivery.folder / MANIFEST).read_bytes()).hexdigest()
    lines = [f"{h}  {n}\n" for n, h in sorted([*zip(names, hashes, strict=True), (MANIFEST, own)])]
    (delivery.folder / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")
