"""How much memory a process holds, on the systems that people use."""

import subprocess
import sys
from pathlib import Path


def resident_bytes(process: int) -> int:
    """Bytes of memory that a process holds now; 0 where the system does not tell, as of one that is no more.

    process  its number
    """
    if sys.platform == "win32":
        return _windows(process)
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return _asked(process)
    import resource

    return pages * resource.getpagesize()


def _asked(process: int) -> int:
    """By `ps`, where there is no /proc, as on a Mac."""
    try:
        said = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(process)], capture_output=True, text=True, timeout=5, check=False
        ).stdout
        return 1024 * int(said)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return 0


def _windows(process: int) -> int:
    """By the Windows API."""
    import ctypes
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        _fields_ = (
            ("size", wintypes.DWORD), ("faults", wintypes.DWORD), ("peak", ctypes.c_size_t), ("held", ctypes.c_size_t),
            *((f"other{number}", ctypes.c_size_t) for number in range(6)),
        )  # fmt: skip

    api = getattr(ctypes, "windll", None)
    if api is None:
        return 0
    api.kernel32.OpenProcess.restype = wintypes.HANDLE
    handle = wintypes.HANDLE(api.kernel32.OpenProcess(0x0410, False, process))
    counters = Counters(size=ctypes.sizeof(Counters))
    try:
        found = api.psapi.GetProcessMemoryInfo(handle, ctypes.byref(counters), counters.size)
        return int(counters.held) if found else 0
    finally:
        api.kernel32.CloseHandle(handle)
