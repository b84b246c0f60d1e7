"""The command line: a thin edge over `riskapi.workspace`. Enters: arguments, the clock. Leaves: text, JSON."""
