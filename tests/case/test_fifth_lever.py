"""A fifth lever, added as README.md says: three rows in a copy of the house, which is then walked through.

The tables are read where modules are imported, so that the copy has an interpreter of its own.
"""

import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

ROOT = Path(__file__).parents[2]
ROWS = {
    "strategy/case/levers.py": (
        '        LeverKind("reduce_cost", "cost_to_serve", "segment", -1, "operationalization"),\n',
        '        LeverKind("delight", "referral_rate", "customer", +1, "value_realization"),\n',
    ),
    "strategy/words/lever_words.py": (
        '        N_("{less} serving a customer cannot cost as little ({value}) as {more} ({other})"),\n    ),\n',
        """    "delight": LeverWords(
        N_("Delight"),
        N_("make customers so glad that they bring others"),
        N_("How many new customers do 100 customers bring {per} at …"),
        N_("So many new customers 100 customers bring, whatever is spent"),
        N_("new customers that 100 customers bring"),
        N_("Delighting {segment}"),
    ),
""",
    ),
    "strategy/charts/drawing/chart.py": ('    "reduce_cost": "#CC79A7",\n', '    "delight": "#D55E00",\n'),
}
"""{file: (the row before, the new row)}."""


def test_a_fifth_lever_is_a_row_in_three_tables(tmp_path: Path) -> None:
    for folder in ("pages", "strategy", "sample_data", "tests"):
        copytree(ROOT / folder, tmp_path / folder, ignore=ignore_patterns("__pycache__", "benchmarks", "trials", "raw"))
    for file in ("app.py", "pyproject.toml"):
        (tmp_path / file).write_bytes((ROOT / file).read_bytes())
    for file, (before, row) in ROWS.items():
        text = (tmp_path / file).read_text(encoding="utf-8")
        assert text.count(before) == 1, file
        (tmp_path / file).write_text(text.replace(before, before + row), encoding="utf-8")
    walk = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "tests/case/walk_fifth_lever.py"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PYTHONPATH"))}
    done = subprocess.run(walk, cwd=tmp_path, env=kept, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
