"""All settings of the station and where its files lie."""
