"""Services of third parties: they are told what happens here, and some may ask for something.

- `adapters.py`       the one table: what each kind hears, is told, may ask, and wants to know of an outlet
- `configuration.py`  what an administrator sets for each kind
- `setting_up.py`     adding, configuring, enabling, secrets
- `outlet_value.py`   what outlets are called at a service; `outlet_values.py`: an outlet's table of them
- `changes.py`        what changed, as the database itself notes it
- `telling.py`        changes become what each service is told
- `outbox.py`         what is told lies here until it is delivered
- `signing.py`        how a receiver knows that it is from us
- `tokens.py`         how we know who comes to us
- `webhook.py`, `map_feed/`, `parking/`: the kinds

Delivered by engine/services; whoever comes to us is met in portal/services. A new kind is a word of `ServiceKind`, a
model of its configuration, a row in the table of adapters and a form (portal/services/forms.py).
"""
