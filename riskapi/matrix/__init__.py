"""Many pairings at once: every company of one side with every company of the other, on deals and days that are told."""
