"""The README of a delivery, in Chinese and English: what it is, what each file is for, what must be known."""

from __future__ import annotations

from typing import Final

from areaplan.deliveries.delivery import TRUSTED, Delivery, Item
from areaplan.messages import LANGS, Lang, msg, plain

__all__ = ["README", "write_readme"]

README: Final = "README.txt"
_TO: Final = {
    "contractor": msg("Delivery to the contractor"), "office": msg("Delivery to the office"),
    "enumerators": msg("Delivery to the enumerators"), "upper": msg("Delivery to the superior office"),
}  # fmt: skip
_FILES, _KNOW, _SUMS = msg("Files"), msg("To know"), msg("counts, sizes and SHA-256 of every file")
_DISCLAIMER = msg(
    "Borders of villages and enumeration areas are for enumeration only and are no evidence of administrative boundaries."
)
# said in every delivery, whether anything is withheld or not: else the sentence itself would tell
_SHOWN = msg("Ground that no map may show is blank; no total in these files holds what stands there.")
_WHOLE = msg("Totals hold every building, also those that no map may show; these files are not to be passed on.")


def write_readme(delivery: Delivery, to: str) -> None:
    """Write ``README.txt``: Chinese, then English; with a mark that Windows programs know UTF-8 by."""
    text = "\n\n".join("\n".join(_said(delivery, to, lang)) for lang in reversed(LANGS))
    delivery.place(README).write_bytes(("\ufeff" + text + "\n").replace("\n", "\r\n").encode("utf-8"))


def _said(delivery: Delivery, to: str, lang: Lang) -> list[str]:
    heading = f"{_TO[to].text(lang)}: {plain(delivery.plan.territory.title)}"
    counts = delivery.counts()
    counted = msg(
        "{areas} enumeration areas in {villages} villages, {buildings} buildings, {households} households, {persons} persons",
        **{k: "—" if counts[k] is None else counts[k] for k in ("areas", "villages", "buildings", "households", "persons")},
    )  # fmt: skip
    lines = [
        heading, "=" * 60, delivery.options.edition.circulation(lang), counted.text(lang), msg("Plan: {hash}", hash=delivery.hash).text(lang), "",
        _FILES.text(lang),
    ]  # fmt: skip
    lines += [
        f"  {i.path.relative_to(delivery.folder).as_posix()}\n      {i.says.text(lang)}" for i in _grouped(delivery)
    ]
    lines += [
        "  manifest.json, SHA256SUMS",
        "      " + _SUMS.text(lang),
        "",
        _KNOW.text(lang),
    ]
    ground = _WHOLE if to in TRUSTED else _SHOWN
    lines += [f"  - {n.text(lang)}" for n in [*delivery.notes, ground, _DISCLAIMER]]
    return lines


def _grouped(delivery: Delivery) -> list[Item]:
    """Return the files, of many of one kind (a sheet per area) only the folder."""
    kinds: dict[tuple[str, str], list[Item]] = {}
    for item in delivery.items:
        kinds.setdefault((item.says.text("en"), str(item.path.parent)), []).append(item)
    return [
        items[0] if len(items) == 1 else Item(items[0].path.parent / f"*{items[0].path.suffix}", items[0].says)
        for items in kinds.values()
    ]
