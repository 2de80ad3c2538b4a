"""Run all benchmarks, or those named: python -m bench filing scale web understanding real taidi."""

import importlib
import sys

NAMES = ("filing", "scale", "web", "understanding", "real", "taidi")

for name in sys.argv[1:] or NAMES:
    print(f"── {name} " + "─" * (60 - len(name)), flush=True)
    importlib.import_module(f"bench.{name}").main()
