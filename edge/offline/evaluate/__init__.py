"""How near the pipeline comes to the truth, on markers with force plates and on rendered clips."""
