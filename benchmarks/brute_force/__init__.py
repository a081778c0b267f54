"""Slow, obvious answers to the questions that the program answers, from the snapshots and the written rules alone.

The oracle imports nothing of `codeset_pipeline` (only `asking`, which puts the questions, and `world`, which makes a
workspace, do): the releases are read with pyarrow, and the rules are those of the decision
records 2, 4, 9, 10 and 11, put into code a second time. For each code the publications are gone through in their order,
and after each of them everything that is known is written down anew.
"""
