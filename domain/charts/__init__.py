"""The figures of charts: what charges add up to, by period, by hour of the week and by station."""
