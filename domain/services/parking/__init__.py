"""Parking payment: a provider such as EasyPark starts and stops charges for its own customers, and bills them.

- `asking.py`     what the provider asks: start, stop, how it is
- `following.py`  what becomes of a charge, and what the provider is told of it
- `told.py`       a charge in the words that the provider reads

The charge's tag is that of domain/service_charges.py.
"""
