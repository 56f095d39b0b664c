"""Times of ours and of PyTorch, raced in one process: `python -m tests.bench [--smoke] [--json FILE] [--only TEXT]`."""
