"""Wrong calls derived from the records of tests/samples, run in guarded processes, and what they must answer."""
