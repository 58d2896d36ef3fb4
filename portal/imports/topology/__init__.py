"""Import of the topology: sites, floors, stations and outlets."""
