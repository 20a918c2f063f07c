"""Work on recordings: analysis, replay, evaluation against ground truth, benchmarks."""
