"""Charts: what charges add up to, over time, by the hour of the week and by station (manual, "Diagrammer")."""
