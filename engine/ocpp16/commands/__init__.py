"""What a station of OCPP 1.6 can be asked (chapter 5 and the security extension): one file per feature profile.

To add a command, write in the file of its profile how its payload is built, and give it a line in the table
(`table.py`).
"""
