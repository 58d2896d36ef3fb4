"""Simulated charging stations: the station's side of OCPP 1.6J and a believable car park around it.

Made for the demo, the tests and the benchmark; it knows the wire and nothing of the portal.

Two depths:

- `station.Station` speaks: connect, one method per message, whole replies back, raw frames, a line that
  can be cut. It answers the central system's calls by itself. Tests use this one.
- `car_park.CarPark` lives: many stations, each with drivers that come, plug in, charge along a curve and
  leave, with faults and lost lines, reconnecting and delivering late what was said offline.

What `speed` does in a car park: waiting times, stays and *batteries* are so many times smaller.
Timestamps are the real clock's, power is what a real outlet gives, and the meter is the integral of
that power over real time. So energy divided by duration is believable in every table, nothing lies in
the future, and at speed 20 a stay of three hours is one of nine minutes with a twentieth of the energy.
Nothing of the line is scaled: heartbeats, retries and back-off keep their real seconds.

What it does in the single scripted charge is told in `script.py`.
"""
