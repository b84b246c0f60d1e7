"""Long work: asked for now, done by whoever has time, answered later. What can be asked for says `riskapi.jobs.kind`."""
