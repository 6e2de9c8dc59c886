"""Names that layers and columns go by, in the field: the small dictionary behind ``areaplan init``.

Column names of villages and of the levels above them are those seen in provincial village layers of China, in OpenStreetMap, and in
English, Taiwanese and Japanese tables; in each list the surest comes first. A shapefile keeps ten bytes of a name, so some are stumps.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["COLUMNS", "KINDS", "NOT_LINES", "ROLES", "hit", "tokens"]

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "code": (
        "village_code", "villcode", "村代码", "村代碼", "村级码", "普查区代码", "代码", "代碼", "cundm", "xzqdm", "zldwdm", "cjdcqdm", "djzqdm",
        "czcundm", "xjdm", "sqcdm", "sqbm", "xzbm", "行政区划代码", "统计用区划代码", "区划代码", "area_code", "areacode", "pac", "comid", "key_code",
        "code", "pcode", "geoid", "geoid10", "geoid20", "censuscode", "cen_2001", "precid", "编码", "編碼", "bsm", "cun", "area_id", "id",
    ),
    "name": (
        "village_name", "villname", "村名称", "村名稱", "村名", "村级名", "名称", "名稱", "cunmc", "xzqmc", "zldwmc", "cjdcqmc", "djzqmc", "czcunmc",
        "xjmc", "sqcmc", "sqmc", "行政村", "社区名称", "村级", "cun_name", "cun_mc", "area_name", "comname", "name", "name_zh", "label", "cname",
        "名字", "pname", "xzqm",
    ),
    "households": (
        "households", "户数", "戶數", "总户数", "總戶數", "户籍户数", "常住户数", "家庭户", "households_est", "households_total", "hh", "hushu", "h_cnt",
        "hh_count", "nhh", "households_", "dwellings", "世帯数", "no_hh", "hs",
    ),
    "persons": ("persons", "人口", "人数", "人數", "总人口", "常住人口", "户籍人口", "population", "pop", "p_cnt", "renkou", "rk", "totpop", "pop_osm", "pop10", "pop20"),
    "township": ("township", "乡镇", "鄉鎮", "乡镇名称", "乡镇名", "乡镇级", "乡镇名_", "乡名称", "xzxzqmc", "xzjmc", "xiang_name", "town_name", "town", "streetname", "街道"),
    "county": ("county", "区县", "县", "區縣", "区县名", "区县级", "县名", "县名称", "xjxzqmc", "qxmc", "county_nam", "xian_name", "distname", "district"),
    "exclave": ("exclave", "飞地", "飛地"),
    "village": ("village_code", "villcode", "村代码", "村代碼", "普查区代码", "village", "所属村", "cundm", "zldwdm", "所在村代码"),
    "base_code": ("block_code", "base_code", "codebase", "地块编号", "地块代码", "最小统计区", "block_id", "block", "geoid", "geoid10", "geoid20", "code", "代码", "编号", "id"),
    "building_id": ("building_id", "建筑物编号", "建筑编号", "楼栋编号", "幢号", "编号", "fid_1", "osm_way_id", "osm_id", "id", "objectid_1"),
    "levels": ("levels", "层数", "樓層", "楼层", "总层数", "地上层数", "building:levels", "building_l", "building_levels", "floors", "storeys", "num_floors", "floor", "cs"),
    "use": ("use", "用途", "房屋用途", "建筑用途", "使用性质", "建筑类型", "building", "fclass", "usage", "type", "类型"),
    "building_name": ("name", "名称", "名稱", "建筑名称", "楼名"),
    "class": ("highway", "waterway", "railway", "等级", "道路等级", "类别", "类型", "class", "fclass", "type", "grade", "rank"),
    "line_name": ("name", "名称", "名稱", "路名", "道路名称", "河名", "name_zh", "mc"),
    "tunnel": ("隧道", "是否隧道", "隧道标志"),
    "bridge": ("桥梁", "橋梁", "桥", "是否桥梁"),
    "level": ("层", "层级", "高度层"),
    "parent_code": ("code", "代码", "乡镇码", "xzqdm", "xzxzqdm", "town_code", "区县码", "xjxzqdm", "县代码", "id"),
    "parent_name": ("name", "名称", "乡镇名", "xzqmc", "town_name", "区县名", "县名", "label"),
}  # fmt: skip
"""What a column means -> names it goes by, in lower case, surest first."""

ROLES: Final[dict[str, tuple[str, ...]]] = {
    "villages": (
        "普查区",
        "村界",
        "行政村",
        "村居",
        "村",
        "社区",
        "居委",
        "village",
        "commun",
        "municip",
        "precinct",
        "small_area",
        "xzq",
        "cun",
    ),
    "buildings": ("建筑", "建築", "房屋", "楼", "民房", "building", "house", "footprint", "jzw", "jmd", "fangwu"),
    "base_areas": ("地块", "街区", "街廓", "最小统计区", "基本单元", "block", "base", "parcel", "cell"),
    "townships": ("乡镇", "鄉鎮", "镇界", "街道办", "township", "town", "subdistrict"),
    "counties": ("县界", "区县", "县", "county", "district"),
    "settlement": ("居民地", "居民点", "聚落", "settlement", "residential", "place", "landuse"),
}
"""Words in names of layers of polygons or points, by the table of the settings they belong to."""

KINDS: Final[dict[str, tuple[str, ...]]] = {
    "railway": ("铁路", "鐵路", "铁轨", "轨道", "地铁", "rail", "tram", "tielu", "tl"),
    "river": ("河", "水系", "溪", "渠", "沟", "江", "水线", "river", "water", "stream", "canal", "ditch", "shuixi"),
    "street": ("道路", "街", "路", "巷", "公路", "street", "road", "highway", "way", "lane", "daolu", "dl"),
    "wall": ("围墙", "城墙", "墙", "wall", "fence"),
    "ridge": ("山脊", "分水", "ridge"),
}
"""Words in names of layers of lines, by kind. Railway stands before street: 铁路 holds 路."""

NOT_LINES: Final = ("edge", "boundar", "border", "outline", "admin", "界线", "边界", "境界", "contour", "等高")
"""Words that mean lines nobody sees on the ground."""


def tokens(name: str) -> list[str]:
    """Split a name into words of lower case.

    Examples
    --------
    >>> tokens("waterLines_2023"), tokens("月港 道路")
    (['water', 'lines', '2023'], ['月港', '道路'])
    """
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    return [t for t in re.split(r"[\W_]+", spaced.lower()) if t]


def hit(name: str, words: tuple[str, ...]) -> bool:
    """Tell whether a name holds one of the words: Latin ones at the start of a token, short ones as a whole token, Chinese anywhere.

    Examples
    --------
    >>> hit("main_roads", KINDS["street"]), hit("broad", KINDS["street"]), hit("华亭镇铁路", KINDS["railway"])
    (True, False, True)
    """
    parts = tokens(name)
    whole = "_".join(parts)
    return any(_holds(parts, whole, w) for w in words)


def _holds(parts: list[str], whole: str, word: str) -> bool:
    if not word.isascii():
        return word in whole
    if "_" in word:
        return word in whole
    return any(p == word or (len(word) > 2 and p.startswith(word)) for p in parts)
