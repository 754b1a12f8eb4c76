"""The command line: ``graph-devices``, or ``python -m graph_devices``. The program itself is in the native module."""

import signal
import sys

from graph_devices import _native


def main() -> None:
    """Runs the command line with the arguments of this process, and exits."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # The program takes over Ctrl-C. Python's handler would raise KeyboardInterrupt after it.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(_native.command_line(sys.argv[1:]))


if __name__ == "__main__":
    main()
