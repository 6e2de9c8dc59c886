"""Township computers are old: nothing in the page is newer than Chromium 86 and Firefox 91.

Syntax: a parser that knows ECMAScript 2017 and nothing later must accept every script. Names: no member, global, CSS property, keyword, selector or
at-rule stands in the list of those that came later (``too_new_for_old_browsers.txt``, from browser-compat-data). See docs/decisions/old-browsers.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import esprima
import pytest

from areaplan.maps import assets

LIST = Path(__file__).parent / "too_new_for_old_browsers.txt"
TEMPLATE = Path(assets.__file__).parent / "template"

OUR_OWN = {
    "badge", "changed", "dimension", "draw", "features", "format", "getSize", "lines", "lost", "marginBottom", "maxWidth", "number", "path", "percent", "polygon", "properties",
    "range", "reasons", "subject", "take", "unit",
}  # fmt: skip
"""Fields and functions of ours and of Leaflet that happen to be called like something new."""

HARMLESS = {
    "color-adjust", "color-adjust:exact", "size", "font-family:ui-monospace", "-webkit-user-drag", "-webkit-tap-highlight-color", "print-color-adjust",
    "print-color-adjust:exact", "mix-blend-mode:plus-lighter",
}  # fmt: skip

"""Style that an old browser passes over without harm: another declaration does the same, or only paper differs."""

MARKUP = {"innerHTML", "outerHTML", "insertAdjacentHTML", "write", "writeln", "eval", "Function", "setHTML"}
"""What makes markup or code from text; no script of ours may name it."""

ES5 = {
    "Program", "ExpressionStatement", "CallExpression", "FunctionExpression", "BlockStatement", "IfStatement", "MemberExpression", "Identifier",
    "ReturnStatement", "VariableDeclaration", "VariableDeclarator", "AssignmentExpression", "Literal", "UnaryExpression", "BinaryExpression",
}  # fmt: skip


@cache
def too_new() -> dict[str, set[str]]:
    out: dict[str, set[str]] = {}
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            names = out.setdefault(line.strip("[]"), set())
        elif not line.startswith("#"):
            names.update(line.split())
    return out


def nodes(tree: Any) -> Iterator[Any]:
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(node)
        elif hasattr(node, "type"):
            yield node
            stack.extend(v for v in vars(node).values() if isinstance(v, list) or hasattr(v, "type"))


def named(code: str) -> set[str]:
    """Return the members and free names that a script uses; raises where its syntax is newer than ES2017."""
    tree = esprima.parseScript(code)
    used, declared = set(), set()
    for node in nodes(tree):
        if node.type == "MemberExpression" and not node.computed:
            used.add(node.property.name)
        elif node.type == "Identifier":
            used.add(node.name)
        if node.type in ("VariableDeclarator", "FunctionDeclaration") and node.id:
            declared.add(node.id.name)
        if node.type in ("FunctionExpression", "FunctionDeclaration", "ArrowFunctionExpression"):
            declared |= {p.name for p in node.params if p.type == "Identifier"}
    return used - declared


def newer_in_css(style: str) -> set[str]:
    """Return properties, keywords, selectors and at-rules of a style that are too new."""
    lists, plain = too_new(), re.sub(r"/\*.*?\*/", "", style, flags=re.S)
    found = set()
    for block in re.findall(r"\{([^{}]*)\}", plain):
        for declaration in block.split(";"):
            name, _, value = (part.strip() for part in declaration.partition(":"))
            if name in lists["property"]:
                found.add(name)
            found |= {f"{name}:{word}" for word in re.findall(r"(?<![\w.-])[a-z][\w-]*", value)} & lists["keyword"]
    selectors = " ".join(re.findall(r"(?:^|[{}])([^{}]*)\{", plain))
    found |= set(re.findall(r":([a-z][\w-]*)", selectors)) & lists["selector"]
    return found | set(re.findall(r"@([\w-]+)", plain)) & lists["at-rule"]


@pytest.mark.parametrize("name", sorted(p.name for p in TEMPLATE.glob("*.js")))
def test_a_script_is_as_old_as_the_browsers_it_is_for(name: str) -> None:
    """It parses as ES2017, names nothing that came later, and makes no markup from text."""
    used = named((TEMPLATE / name).read_text(encoding="utf-8"))
    assert used & too_new()["js"] - OUR_OWN == set()
    assert used & MARKUP == set()


def test_leaflet_and_the_whole_are_as_old() -> None:
    """So do the scripts as the page carries them."""
    esprima.parseScript(assets.leaflet_script())
    esprima.parseScript(assets.script())


def test_the_script_that_says_so_is_older_still() -> None:
    """The guard runs in any browser: ECMAScript 5 only."""
    tree = esprima.parseScript(assets.own("guard.js"))
    assert {n.type for n in nodes(tree)} <= ES5
    assert all(n.kind == "var" for n in nodes(tree) if n.type == "VariableDeclaration")


def test_the_styles_are_as_old() -> None:
    """Ours and Leaflet's."""
    assert newer_in_css(assets.own("review.css")) <= HARMLESS
    assert newer_in_css(assets.leaflet_style()) <= HARMLESS


@pytest.mark.parametrize(
    "code",
    ["a?.b", "a ?? b", "a ||= b", "class A { #x = 1 }", "1_000", "10n", "async () => { for await (x of y) {} }", "x.at(-1)", "structuredClone(x)",
     "Object.hasOwn(a, b)", "list.findLast(f)", "crypto.randomUUID()", "dialog.showModal()", "ctx.roundRect(0, 0, 1, 1)"],
)  # fmt: skip
def test_newer_code_is_caught(code: str) -> None:
    """The checker fails on what it is there for."""
    try:
        used = named(code)
    except esprima.Error:
        return
    assert used & too_new()["js"]


@pytest.mark.parametrize(
    "style", ["a:has(b) {c: d}", "a:is(b) {c: d}", "a {inset: 0}", "a {aspect-ratio: 1}", "a {accent-color: red}", "a {width: fit-content}", "@layer x {a {b: c}}",
              "@container (x) {a {b: c}}", "a {overflow: clip}"],
)  # fmt: skip
def test_newer_style_is_caught(style: str) -> None:
    """The same for styles."""
    assert newer_in_css(style)
