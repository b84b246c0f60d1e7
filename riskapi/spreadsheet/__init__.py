"""Spreadsheets of pairings: a template out, filled files in, the same files with answers out."""
