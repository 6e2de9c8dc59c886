"""What was promised in figures, measured: ``python -m benchmarks`` writes ``docs/benchmarks.md``."""
