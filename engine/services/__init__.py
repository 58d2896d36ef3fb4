"""What services are told goes out: the worker's side of domain/services.

- `sending.py`     one message to one address, which is judged before it is gone
- `delivering.py`  the outbox of one service, some messages at a time
"""
