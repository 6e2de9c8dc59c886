"""The only room that opens data files: reading input, writing plans and deliveries."""

from areaplan.files.dxf import write_dxf
from areaplan.files.export import export_plan, safe_name
from areaplan.files.findings_file import write_findings
from areaplan.files.foreign import is_plan, known_column, read_base_map, read_layer
from areaplan.files.formats import SHORT_NAMES, lost_in, write_layers
from areaplan.files.geopackage import write_geopackage
from areaplan.files.guess import guess_settings
from areaplan.files.lists import read_code_list, read_staff
from areaplan.files.plan_file import write_plan
from areaplan.files.plan_reading import read_plan, read_plan_meta
from areaplan.files.qgis import qgis_project
from areaplan.files.reading import read_territory
from areaplan.files.reading.village_repair import VillageRepair, read_village_repair
from areaplan.files.repair_file import dispute_table, ledger_table, move_table, write_repair_layers
from areaplan.files.returned import read_points, read_returned
from areaplan.files.reviewing import comments_geojson, read_comments, write_comments
from areaplan.files.spreadsheets import safe_csv, write_xlsx, xlsx_bytes
from areaplan.files.staged import replace_text, require_writable, staged, staged_file
from areaplan.files.standing import Found, PlanFacts, find_townships, plan_facts, read_outline
from areaplan.files.summary import summary, write_json
from areaplan.files.wishes import Wish, read_answers, read_text, read_wishes

__all__ = [
    "SHORT_NAMES",
    "Found",
    "PlanFacts",
    "VillageRepair",
    "Wish",
    "comments_geojson",
    "dispute_table",
    "export_plan",
    "find_townships",
    "guess_settings",
    "is_plan",
    "known_column",
    "ledger_table",
    "lost_in",
    "move_table",
    "plan_facts",
    "qgis_project",
    "read_answers",
    "read_base_map",
    "read_code_list",
    "read_comments",
    "read_layer",
    "read_outline",
    "read_plan",
    "read_plan_meta",
    "read_points",
    "read_returned",
    "read_staff",
    "read_territory",
    "read_text",
    "read_village_repair",
    "read_wishes",
    "replace_text",
    "require_writable",
    "safe_csv",
    "safe_name",
    "staged",
    "staged_file",
    "summary",
    "write_comments",
    "write_dxf",
    "write_findings",
    "write_geopackage",
    "write_json",
    "write_layers",
    "write_plan",
    "write_repair_layers",
    "write_xlsx",
    "xlsx_bytes",
]
