"""The only places that know a socket."""
