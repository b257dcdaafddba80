"""The estimator beside its peers: accuracy, speed, memory, parity. `python -m benchmarks --help`."""
