"""Know from the use of a building whether people live in it."""

from __future__ import annotations

__all__ = ["is_residential"]

NOT_LIVED_IN = frozenset(
    [
        "bakehouse",
        "barn",
        "boathouse",
        "bridge",
        "bunker",
        "bus_station",
        "carport",
        "chapel",
        "church",
        "cathedral",
        "civic",
        "commercial",
        "conservatory",
        "construction",
        "cowshed",
        "digester",
        "farm_auxiliary",
        "fire_station",
        "garage",
        "garages",
        "gatehouse",
        "government",
        "grandstand",
        "greenhouse",
        "guardhouse",
        "hangar",
        "hospital",
        "industrial",
        "kindergarten",
        "kiosk",
        "manufacture",
        "military",
        "monastery",
        "mosque",
        "museum",
        "no",
        "office",
        "parking",
        "pavilion",
        "public",
        "religious",
        "retail",
        "riding_hall",
        "roof",
        "ruins",
        "school",
        "sauna",
        "service",
        "shed",
        "shrine",
        "silo",
        "slurry_tank",
        "sports_centre",
        "sports_hall",
        "stable",
        "stadium",
        "storage_tank",
        "sty",
        "supermarket",
        "synagogue",
        "tech_cab",
        "temple",
        "toilets",
        "train_station",
        "transformer_tower",
        "transportation",
        "university",
        "warehouse",
        "water_tower",
    ]
)
"""Values of OSM's ``building`` and of English tables."""
NOT_LIVED_IN_ZH = (
    "工业", "厂", "仓", "商业", "商场", "超市", "商店", "办公", "学校", "小学", "中学", "幼儿园", "医院", "卫生", "庙", "寺", "祠", "教堂", "车库",
    "车站", "停车", "牲", "猪", "鸡", "畜", "棚", "机关", "政府", "村委", "居委", "公厕", "厕所", "泵", "变电", "配电", "加油", "市场", "体育",
    "文化", "公共", "库房", "非住宅", "在建", "温室", "大棚", "军", "水塔", "宗教", "附属", "酒店", "宾馆",
)  # fmt: skip
"""Words in Chinese uses; a use that also speaks of dwellings (住, 宿舍, 民房, 公寓) is lived in."""
LIVED_IN_ZH = ("住", "宿舍", "民房", "公寓", "民居")


def is_residential(use: object) -> bool:
    """Tell whether people may live in a building of this use; unknown and mixed uses are lived in.

    Examples
    --------
    >>> [is_residential(u) for u in ("apartments", "garage", "厂房", "商住楼", None)]
    [True, False, False, True, True]
    """
    text = "" if use is None else str(use).strip().lower()
    if text in NOT_LIVED_IN:
        return False
    return any(w in text for w in LIVED_IN_ZH) or not any(w in text for w in NOT_LIVED_IN_ZH)
