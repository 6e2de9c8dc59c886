"""The group of verbs, and the way in."""

from __future__ import annotations

import sys
import warnings

import click

from areaplan import __version__
from areaplan.cli.base import VerbGroup, choose_lang, speak
from areaplan.messages import msg

VERBS = {
    "init": "init",
    "repair": "repair",
    "plan": "plan",
    "check": "check",
    "verify": "verify",
    "maps": "maps",
    "sheets": "sheets",
    "deliver": "deliver",
    "export": "export",
    "compare": "compare",
    "revise": "revise",
    "diff": "diff",
    "replay": "replay",
    "issue": "issue",
    "sign": "sign",
    "status": "status",
    "demo": "demo",
}
"""Verb -> module of this package, in the order of the work."""


@click.group(
    cls=VerbGroup,
    verbs=VERBS,
    says=msg(
        "Divide villages and towns into census enumeration areas, prove the division, draw it.\n\n"
        "Begin with `areaplan demo`; then `areaplan init FOLDER` on your own files."
    ),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="areaplan")
def areaplan(lang: str | None) -> None:
    """Hold the verbs."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; ``arguments`` default to those of the process."""
    arguments = sys.argv[1:] if arguments is None else arguments
    lang = choose_lang(arguments)
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # remarks of libraries on odd numbers; what matters in them is a finding
    speak(lang)
    for stream in (sys.stdout, sys.stderr):
        # An office PC may print in GBK; a character it lacks must not end the run.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    areaplan.main(args=arguments, prog_name="areaplan", obj=lang)
