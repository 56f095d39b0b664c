"""What drawings, the stepper and its page promise, measured: `python -m tests.viz.checks`. `registry` says how a check is written."""
