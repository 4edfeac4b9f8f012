"""The benchmark suite's runner: installs peers, interleaves measurements, reports. See Benchmarks/README.md."""
