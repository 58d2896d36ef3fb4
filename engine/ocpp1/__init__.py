"""What OCPP 1.2, 1.5 and 1.6 say in the same way, to the domain's words and back.

A version's own package (`ocpp12/`, `ocpp15/`, `ocpp16/`) holds what it says otherwise, and its tables: which messages
it has, which commands. What the schemas have checked is taken as it is.
"""
