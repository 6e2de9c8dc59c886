"""Rule packs: what one census demands, as data that planner and judge both read.

A pack is a TOML file: severities, thresholds, codes, names, sizes, and what bars the way. Packs of the rulebook stand beside this module; an
office writes its own and names it by path.
"""

from areaplan.packs.barriers import bars_the_way
from areaplan.packs.pack import BarrierRules, RulePack, load_pack, pack_names

__all__ = ["BarrierRules", "RulePack", "bars_the_way", "load_pack", "pack_names"]
