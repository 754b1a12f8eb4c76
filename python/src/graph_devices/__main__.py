"""The command line: ``graph-devices``, or ``python -m graph_devices``. The program itself is in the native module."""

import sys

from graph_devices import _native


def main() -> None:
    """Runs the command line with the arguments of this process, and exits."""
    sys.exit(_native.command_line(sys.argv[1:]))


if __name__ == "__main__":
    main()
