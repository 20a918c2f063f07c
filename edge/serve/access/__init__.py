"""Who may see and steer the station: pairing codes, paired devices, the audit, certificates."""
