"""Everything that can be done to a site in the twin: one table, which the fault matrix goes through."""
