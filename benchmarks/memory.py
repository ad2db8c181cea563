"""How much memory this process has in use."""

import gc
import os
from pathlib import Path

from benchmarks.processes import BenchmarkError


def resident_bytes() -> int:
    """Bytes of memory that the system has given this process, after what is unused has been collected.

    :raises BenchmarkError: where the system has no /proc.
    """
    gc.collect()
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        raise BenchmarkError("memory is read from /proc, which this system does not have") from None
    return pages * os.sysconf("SC_PAGE_SIZE")
