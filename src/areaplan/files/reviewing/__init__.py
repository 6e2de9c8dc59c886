"""Reviewers' comments as files: GeoJSON and CSV as the review page exports them, the XLSX form, and back."""

from areaplan.files.reviewing.form_rows import FORM_HEAD, FORM_TOP
from areaplan.files.reviewing.reading import read_comments
from areaplan.files.reviewing.writing import comments_geojson, write_comments

__all__ = ["FORM_HEAD", "FORM_TOP", "comments_geojson", "read_comments", "write_comments"]
