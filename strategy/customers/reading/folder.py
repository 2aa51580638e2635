"""A private folder for what somebody brought: gone when it is removed, not used for hours, or held by nobody."""

import atexit
import os
import shutil
import sys
from functools import cache
from pathlib import Path
from tempfile import gettempdir, mkdtemp, mkstemp
from threading import Timer
from typing import IO
from weakref import finalize

PREFIX = "planner-files-"
LOCK = ".lock"
UNUSED_HOURS = 2
"""After which a folder goes, for people do not say when they leave."""


class PrivateFolder:
    """A folder that only this user of the machine can read; removed with the object that holds it.

    The folders of a process that was killed are removed by the next one that makes a folder (see `sweep`).
    """

    def __init__(self) -> None:
        self.path = make_folder()
        self._finalizer = finalize(self, shutil.rmtree, self.path, True)
        self._timer = self._timed()

    def use(self) -> None:
        """Puts off the end: somebody looks at what is in the folder."""
        self._timer.cancel()
        self._timer = self._timed()

    def _timed(self) -> Timer:
        timer = Timer(UNUSED_HOURS * 3600, self._finalizer)
        timer.daemon = True
        timer.start()
        return timer

    def keep(self, content: bytes) -> Path:
        """A file with this content, under a name of ours."""
        path = self.path / "upload"
        path.write_bytes(content)
        return path

    def link(self, file: Path) -> Path:
        """A file that lies elsewhere and stays there, under a name of ours that goes with the folder."""
        path = self.path / "upload"
        path.symlink_to(file)
        return path

    def inside(self, name: str) -> Path:
        """A folder in it."""
        path = self.path / name
        path.mkdir(exist_ok=True)
        return path

    def only(self, names: set[str]) -> None:
        """Removes the folders inside but those named."""
        for inside in self.path.iterdir():
            if inside.is_dir() and inside.name not in names:
                shutil.rmtree(inside, True)

    def remove(self) -> None:
        """Removes all of it now, and what work that was under way has written since it was removed before."""
        self._timer.cancel()
        self._finalizer()
        shutil.rmtree(self.path, True)


def make_folder() -> Path:
    """A new folder of this process, after the folders of processes that are no more were removed."""
    sweep()
    return Path(mkdtemp(prefix=f"{_owner()}-"))


def sweep() -> None:
    """Removes the folders of processes that are no more: nobody holds the lock that their names begin with."""
    place, mine = Path(gettempdir()), _owner()
    folders = [*place.glob(f"{PREFIX}*")]  # before the locks: whoever made one of them held its lock by then
    locks = {path.name.removesuffix(LOCK): path for path in place.glob(f"{PREFIX}*{LOCK}")}
    held = {mine} | {owner for owner, path in locks.items() if owner != mine and not _let_go(path)}
    for folder in folders:
        if folder.is_dir() and folder.name.rpartition("-")[0] not in held:
            shutil.rmtree(folder, True)


@cache
def _owner() -> str:
    """How the names of this process's folders begin; it holds a lock of that name as long as it lives.

    The system lets go of a lock with the process, however that ends, where its number may be given again.
    """
    while True:
        number, name = mkstemp(prefix=PREFIX, suffix=LOCK)
        file, path = os.fdopen(number, "r+b"), Path(name)
        if _locked(file) and path.exists():  # else another process swept it before it was held
            atexit.register(_leave, file, path)
            return path.name.removesuffix(LOCK)
        file.close()


def _leave(file: IO[bytes], path: Path) -> None:
    file.close()
    path.unlink(missing_ok=True)


def _let_go(path: Path) -> bool:
    """Whether nobody holds a lock, which is then removed."""
    try:
        with path.open("r+b") as file:
            if not _locked(file):
                return False
            if os.name == "posix":
                path.unlink()  # while it is held, so that nobody takes it meanwhile
        path.unlink(missing_ok=True)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _locked(file: IO[bytes]) -> bool:
    """Takes the lock on a file without waiting; False where another process holds it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
