"""Annual and quarterly code-set updates for US healthcare billing.

The library reads the files that CMS and NCHS publish, keeps every release in effective-dated tables,
says what changed between any two of them, proves it against the publisher's own list, and finds the
charge masters and rules that a change breaks. The command line is `codeset`.
"""

__version__ = "0.1.0"
