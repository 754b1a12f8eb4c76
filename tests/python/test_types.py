"""The types: strict for mypy, and the stub of the native module true."""

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2] / "python"


def test_mypy_accepts_the_package():
    mypy = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(PROJECT / "pyproject.toml")]
    subprocess.run([*mypy, str(PROJECT / "src/graph_devices")], check=True)


def test_the_stub_of_the_native_module_is_true():
    subprocess.run([sys.executable, "-m", "mypy.stubtest", "graph_devices._native"], check=True)
