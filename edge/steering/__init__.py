"""What operators ask of the running station, carried out."""
