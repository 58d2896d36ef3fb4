"""What a station can be asked in the same words in all versions of OCPP 1: one file per feature profile of 1.6.

To add a command, write in the file of its profile how its payload is built, and give it a line in the table of each
version that has it (`ocpp16/commands/table.py`).
"""
