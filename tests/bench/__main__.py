"""Runs every measurement, one after the other: `python -m tests.bench`."""

import asyncio
from importlib import import_module
from pathlib import Path

for module in sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py")):
    asyncio.run(import_module(f"tests.bench.{module}").main())
