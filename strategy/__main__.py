"""The same work without a screen: `python -m strategy COMMAND`, JSON on standard output."""

import sys

from strategy.commands.running import main as main

if __name__ == "__main__":
    sys.exit(main())
