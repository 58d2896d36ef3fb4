"""The dashboard: four panes per user, out of the registry (manual, "Dashboard-panelet")."""
