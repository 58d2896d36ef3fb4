"""The channels in Redis on which the processes of the engine and its jobs speak to each other."""

CONNECTIONS = "engine:connections"
"""A process holds a new connection: the station's id and the connection's number."""

COMMANDS = "engine:commands"
"""Commands wait for stations: their ids."""
