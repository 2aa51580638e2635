"""CDNOW as Fader, Hardie & Lee use it: 2,357 customers, 39 weeks, from the data files of the PyPI package lifetimes."""

import csv
from datetime import date
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def _file(name: str) -> Path:
    """A data file; the package itself is not imported: it warns with today's pandas."""
    return Path(str(distribution("lifetimes").locate_file(f"lifetimes/datasets/{name}")))


def summary() -> tuple[Array, Array, Array, Array]:
    """Frequency, recency and age in weeks, mean spend per repeat purchase, (2357,) each: the papers' spreadsheets."""
    with _file("cdnow_customers_summary_with_transactions.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2357
    return tuple(np.array([float(row[name]) for row in rows]) for name in ("x", "t_x", "T", "zbar"))  # type: ignore[return-value]


def bought_in_holdout() -> Array:
    """Days with a purchase from 1 October 1997 to 30 June 1998, (2357,), from the transactions."""
    after = np.zeros(2357)
    days = {tuple(line.split()[1:3]) for line in _file("CDNOW_sample.txt").read_text(encoding="utf-8").splitlines()[0:]}
    for number, day in days:
        if date(int(day[:4]), int(day[4:6]), int(day[6:])) > date(1997, 9, 30):
            after[int(number) - 1] += 1
    return after
