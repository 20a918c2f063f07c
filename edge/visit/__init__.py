"""The guided visit: templates, and the processor that steps through one."""
