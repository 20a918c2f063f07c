"""Evaluation on films of real runners, against labels made by eye."""
