"""Many pairings on a Spark cluster, where one machine is outgrown: a plan and a master in, the rows of a matrix out.

The cluster needs Spark and nothing of ours: what it runs is SQL, rendered from the same syntax trees as everywhere else.
"""
