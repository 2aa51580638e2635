"""The scripts of the browser as one module: served under an address of its own content, or put into a page."""

import json
import re
from functools import cache
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parent
ENGINE = ("engine.js",)
DESK = ("engine.js", "numbers.js", "drawing.js", "levers.js", "charts.js", "desk.js")
NUMBERS = ("engine.js", "numbers.js")
"""The files of the mixing desk, each after those that it imports from."""


@cache
def script(files: tuple[str, ...] = DESK, style: str = "") -> str:
    """Some of our files as one module that imports nothing and exports what they export; comments are left out.

    style  a style sheet that the module exports as STYLE; none without it
    """
    parts, exported = [], []
    for file in files:
        text = (FOLDER / file).read_text(encoding="utf-8")
        exported += re.findall(r"^export (?:const|function|class) (\w+)", text, re.MULTILINE)
        text = re.sub(r"^import .*?;\n|^\s*//.*\n|^export (?=const|function|class)", "", text, flags=re.MULTILINE)
        parts.append(re.sub(r"\n\s+", "\n", text))
    if style:
        sheet = re.sub(r"\n\s*", "\n", (FOLDER / style).read_text(encoding="utf-8"))
        parts.insert(0, f"const STYLE = {json.dumps(sheet)};\n")
        exported.append("STYLE")
    return "".join(parts) + f"export {{ {', '.join(exported)} }};\n"


@cache
def version(files: tuple[str, ...] = DESK, style: str = "") -> str:
    """What changes when the module does: part of its address, so that no cache serves an old one."""
    return sha256(script(files, style).encode()).hexdigest()[:16]
