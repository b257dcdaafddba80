"""What the figures were measured on, and with."""

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path

from benchmarks.peers.lme4_crossed import version as lme4_version

PACKAGES = (
    "numpy",
    "scipy",
    "statsmodels",
    "gpboost",
    "scikit-learn",
    "scikit-surprise",
    "faiss-cpu",
    "ortools",
)


def machine() -> str:
    """CPU, cores, memory, and the threads of each BLAS and OpenMP."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{_cpu()}, {cores} cores, {memory:.0f} GiB; {_threads()}; load {os.getloadavg()[0]:.1f}"


def versions() -> str:
    """Python, the packages of the bench group, lme4."""
    found = [f"Python {platform.python_version()}"]
    for name in PACKAGES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            found.append(f"{name} not installed")
    return ", ".join([*found, f"lme4 {lme4_version() or 'not installed'}"])


def revision() -> str:
    """The commit measured, where this is a checkout."""
    asked = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    try:
        found = subprocess.run(asked, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "unknown"
    return found.stdout.strip() or "unknown"


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown CPU"


def _threads() -> str:
    try:
        from threadpoolctl import threadpool_info  # noqa: PLC0415
    except ImportError:
        return f"OMP_NUM_THREADS={os.environ.get('OMP_NUM_THREADS', 'not set')}"
    pools = {f"{pool['internal_api']} {pool['num_threads']} threads" for pool in threadpool_info()}
    return ", ".join(sorted(pools))
