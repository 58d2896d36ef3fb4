"""Import of users and tags from Excel or CSV.

1. `reading.py`  a file becomes sheets of values, whatever kind it is; nothing in it is executed
2. `rows.py`     sheets become rows of users and of tags, in the columns of `columns.py`
3. `plan.py`     each row meets the database and the domain's rules, and gets its outcome; nothing is written
4. `waiting.py`  rows and outcomes wait, encrypted, for the administrator's word
5. `job.py`      the worker hashes passwords, asks again for each row's outcome, and writes all in one transaction
6. `progress.py` how far that is, whether it is still alive, and what became of it

The pages are in portal/pages/import_users.py.
"""
