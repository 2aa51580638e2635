"""Files of a folder that the server's owner names, to be chosen on the page instead of sent to it: off by default."""

import os
from pathlib import Path

from strategy.errors import PlannerError

FOLDER = "PLANNER_DATA_FOLDER"
"""The environment variable with the folder; without it no file of the server can be chosen."""
KINDS = (".csv", ".txt", ".tsv", ".xlsx", ".parquet")
"""How the names of files end that can be read."""
MOST = 500


def offered_files() -> tuple[str, ...]:
    """Names of the files that can be chosen, sorted: directly in the folder, neither hidden nor links out of it."""
    folder = _folder()
    if folder is None:
        return ()
    try:
        names = sorted(entry.name for entry in os.scandir(folder))
    except OSError:
        return ()
    return tuple(name for name in names if _inside(folder, name) is not None)[:MOST]


def offered_file(name: str) -> Path:
    """Where a file lies that was chosen. Raises PlannerError for whatever the folder does not offer."""
    folder = _folder()
    found = _inside(folder, name) if folder else None
    if found is None:
        raise PlannerError("not_offered", place="file", value=name[:200])
    return found


def _folder() -> Path | None:
    """The folder that the owner named, where there is one."""
    given = os.environ.get(FOLDER, "").strip()
    try:
        folder = Path(given).resolve(strict=True) if given else None
    except (OSError, RuntimeError, ValueError):
        return None
    return folder if folder and folder.is_dir() else None


def _inside(folder: Path, name: str) -> Path | None:
    """The file of a name that lies in the folder itself, links followed; None for any other."""
    if name != os.path.basename(name) or name.startswith(".") or not name.lower().endswith(KINDS):
        return None
    try:
        found = (folder / name).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        return None
    return found if found.parent == folder and found.is_file() else None
