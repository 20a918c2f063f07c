"""Access control: pairing codes, paired devices, the audit, certificates."""
