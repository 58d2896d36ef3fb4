"""Import from Excel or CSV: of users and tags, of the topology.

What every import does:

1. `reading.py`  a file becomes sheets of values, whatever kind it is; nothing in it is executed
2. `parsing.py`  sheets become rows, in the columns of a `Layout` (`columns.py`)
3. `waiting.py`  rows and outcomes wait, encrypted, for the word of whoever brought them
4. `job.py`      the worker asks again for each row's outcome, and writes all in one transaction
5. `progress.py` how far that is, whether it is still alive, and what became of it

What an import is of is a `Subject` (`subject.py`): its columns, its rows, the plan in which each row meets the database
and the domain's rules, and how a plan is written. There are two, `users/` and `topology/`, with the same file names.

The pages are in portal/pages/imports.py.
"""
