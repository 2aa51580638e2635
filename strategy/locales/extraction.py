"""Finds the messages in a source file; Babel calls `extract` through babel.cfg.

Babel's own extractor reads tokens: it loses a message inside another message's arguments and takes the key in
`text(titles["acquire"])` for a message. This one reads the syntax tree.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import IO

# Function or method -> how many of its first arguments are messages.
MARKERS = {"_": 1, "N_": 1, "text": 1, "plural": 2}
OWN_PACKAGES = {"app", "pages", "strategy"}

Found = tuple[int, str, str | tuple[str, ...], list[str]]


def extract(
    source: IO[bytes], keywords: Collection[str], comment_tags: Collection[str], options: Mapping[str, str]
) -> Iterator[Found]:
    """(line, gettext or ngettext, message or messages, no comments) for every marked literal of one file.

    A message in a variable is skipped: where it stands as a literal, it is marked by N_. Raises ValueError
    for a message put together on the spot (an f-string, +, %, .format), which no catalog can hold.
    """
    file = getattr(source, "name", "source")
    tree = ast.parse(source.read(), file)
    foreign = set(_imported_from_elsewhere(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or _first_name(node.func) in foreign:
            continue
        marker = node.func.attr if isinstance(node.func, ast.Attribute) else _first_name(node.func)
        wanted = MARKERS.get(marker, 0)
        if not wanted or len(node.args) < wanted:
            continue
        try:
            variants = [_literals(argument) for argument in node.args[:wanted]]
            if len({len(messages) for messages in variants}) > 1:
                raise ValueError("give singular and plural alike, both as a literal")
        except ValueError as error:
            raise ValueError(f"{file}, line {node.lineno}: {marker}(): {error}") from error
        for messages in zip(*variants, strict=True):
            if wanted == 1:
                yield node.lineno, "gettext", messages[0], []
            else:
                yield node.lineno, "ngettext", messages, []


def _literals(argument: ast.expr) -> list[str]:
    """The literal messages of an argument: one, both of a conditional, or none where it is a variable."""
    match argument:
        case ast.Constant(value=str(message)):
            return [message]
        case ast.IfExp(body=one, orelse=other):
            return _literals(one) + _literals(other)
        case ast.JoinedStr() | ast.BinOp() | ast.Call(func=ast.Attribute(value=ast.Constant())):
            raise ValueError('write one plain literal and pass what varies: text("{n} left", n=n)')
    return []


def _imported_from_elsewhere(tree: ast.AST) -> Iterator[str]:
    """Names of other packages, such as Streamlit's st or SQLAlchemy's text: their calls mark nothing."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    if _package(alias.name) not in OWN_PACKAGES:
                        yield alias.asname or _package(alias.name)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                if _package(module) not in OWN_PACKAGES:
                    yield from (alias.asname or alias.name for alias in names)


def _package(module: str) -> str:
    return module.partition(".")[0]


def _first_name(node: ast.expr) -> str:
    """The name that an expression starts with: `session` in `session.wording().text`."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
