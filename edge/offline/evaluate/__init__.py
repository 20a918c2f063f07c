"""Evaluation against ground truth: markers with force plates, and rendered clips."""
