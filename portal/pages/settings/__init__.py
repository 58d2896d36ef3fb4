"""User settings: what people choose and change of their own account (manual, "Oversigtspanel")."""
