"""The types: strict for mypy, and the stub matches the native module."""

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2] / "python"


def test_mypy_accepts_the_package():
    mypy = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(PROJECT / "pyproject.toml")]
    subprocess.run([*mypy, str(PROJECT / "src/graph_devices")], check=True)


def test_mypy_accepts_the_examples():
    subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *map(str, sorted(PROJECT.glob("examples/*.py")))], check=True
    )


#: The types that callers may rely on; mypy checks each `assert_type`.
USES = """
import sys
if sys.version_info >= (3, 11):
    from typing import assert_type
else:
    from typing_extensions import assert_type
from typing import Optional, Tuple
import graph_devices as gd
client = gd.Client("demo-token")
assert_type(client.managed_devices("a@b")[0].warnings[0].message, str)
for result in client.preview(["a@b"]):
    assert_type(result.devices, Optional[gd.DeviceList])
for event in client.run(name for name in ["a@b"]):
    if isinstance(event, gd.UserResult):
        assert_type(event.error, Optional[gd.GraphDevicesError])
        assert_type(event.outcome, gd.Outcome)
    elif isinstance(event, gd.Summary):
        assert_type(event.counts.accepted, int)
    elif isinstance(event, gd.Notice):
        assert_type(event.kind, gd.NoticeKind)
assert_type(client.remove_all_devices_bulk(["a@b"]).unfinished[0].reason, Optional[gd.Reason])
assert_type(client.remove_all_devices_bulk(["a@b"], deadline=5).notices, Tuple[str, ...])
verified = client.verify("journal")
for seen in verified:
    assert_type(seen.devices[0].verdict, gd.Verdict)
assert_type(verified.notices, Tuple[str, ...])
if verified.summary is not None:
    assert_type(verified.summary.verdicts, gd.Verdicts)
    assert_type(verified.summary.verdicts.gone, int)
"""


def test_a_caller_has_types(tmp_path):
    (tmp_path / "uses.py").write_text(USES)
    subprocess.run([sys.executable, "-m", "mypy", "--strict", str(tmp_path / "uses.py")], check=True)


def test_the_stub_matches_the_native_module():
    subprocess.run([sys.executable, "-m", "mypy.stubtest", "graph_devices._native"], check=True)
