"""A private folder for what somebody brought: gone when it is removed, not used for hours, or held by nobody."""

import os
import shutil
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from threading import Timer
from weakref import finalize

PREFIX = "planner-files-"
UNUSED_HOURS = 2
"""After which a folder goes, for people do not say when they leave."""


class PrivateFolder:
    """A folder that only this user of the machine can read; removed with the object that holds it.

    The folders of a process that was killed are removed by the next one that makes a folder.
    """

    def __init__(self) -> None:
        _sweep()
        self.path = Path(mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self._removed = finalize(self, shutil.rmtree, self.path, True)
        self._timer = self._timed()

    def use(self) -> None:
        """Puts off the end: somebody looks at what is in the folder."""
        self._timer.cancel()
        self._timer = self._timed()

    def _timed(self) -> Timer:
        timer = Timer(UNUSED_HOURS * 3600, self._removed)
        timer.daemon = True
        timer.start()
        return timer

    def keep(self, content: bytes) -> Path:
        """A file with this content, under a name of ours."""
        path = self.path / "upload"
        path.write_bytes(content)
        return path

    def only(self, names: set[str]) -> None:
        """Removes the folders inside but those named."""
        for inside in self.path.iterdir():
            if inside.is_dir() and inside.name not in names:
                shutil.rmtree(inside, True)

    def remove(self) -> None:
        """Removes all of it now."""
        self._timer.cancel()
        self._removed()


def _sweep() -> None:
    """Removes the folders of processes that are no more."""
    for folder in Path(gettempdir()).glob(f"{PREFIX}*"):
        process = folder.name.removeprefix(PREFIX).partition("-")[0]
        if process.isdecimal() and not _runs(int(process)):
            shutil.rmtree(folder, True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
