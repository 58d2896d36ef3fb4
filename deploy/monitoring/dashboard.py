"""Writes the Grafana dashboard: `python dashboard.py > dashboard.json`. A line for each panel is easier to keep."""

import json
import sys
from typing import Any

GRID_COLUMNS, WIDTH, HEIGHT = 24, 8, 7
SOURCE = {"type": "prometheus", "uid": "${datasource}"}

SPAN = "[$__rate_interval]"
STATIONS = "max by (state, protocol) (charge_portal_stations)"
"""Each machine tells the same number."""


def _legend(label: str) -> str:
    return "{{" + label + "}}"


def _a_second(counter: str, by: str, where: str = "") -> dict[str, str]:
    return {_legend(by): f"sum by ({by}) (rate(charge_portal_{counter}{where}{SPAN}))"}


def _quantiles(histogram: str, *quantiles: float) -> dict[str, str]:
    buckets = f"sum by (le) (rate(charge_portal_{histogram}_bucket{SPAN}))"
    return {f"p{quantile * 100:.0f}": f"histogram_quantile({quantile}, {buckets})" for quantile in quantiles}


def _mean(histogram: str) -> dict[str, str]:
    total, count = (f"sum(rate(charge_portal_{histogram}_{part}{SPAN}))" for part in ("sum", "count"))
    return {"mean": f"{total} / {count}"}


def _most(gauge: str, by: str) -> dict[str, str]:
    return {_legend(by): f"max by ({by}) (charge_portal_{gauge})"}


PANELS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    # title, kind, unit, legends and queries
    (
        "Stations",
        "timeseries",
        "short",
        {"{{state}}": "sum by (state) (max by (state, protocol) (charge_portal_stations))"},
    ),
    ("Charging now", "stat", "short", {"charges": "max(charge_portal_running_charges)"}),
    ("Parts that answer", "stat", "short", {"{{part}}": "min by (part) (charge_portal_up)"}),
    ("Frames a second by action", "timeseries", "reqps", _a_second("frames_total", "action", '{direction="in"}')),
    ("Refused frames a second", "timeseries", "reqps", _a_second("frames_total", "action", '{kind=~"error|invalid"}')),
    ("Answers to stations", "timeseries", "s", _quantiles("answer_seconds", 0.5, 0.99)),
    ("Commits", "timeseries", "s", _quantiles("commit_seconds", 0.5, 0.99)),
    ("Reports in a commit", "timeseries", "short", _mean("commit_reports")),
    ("Pages", "timeseries", "s", _quantiles("page_seconds", 0.5, 0.95)),
    ("Failed pages a second", "timeseries", "reqps", _a_second("page_seconds_count", "endpoint", '{status="5xx"}')),
    ("Jobs that wait", "timeseries", "short", _most("jobs_queued", "queue")),
    ("Jobs that failed", "timeseries", "short", _most("jobs_failed", "queue")),
    ("Oldest delivery", "timeseries", "s", {"age": "max(charge_portal_oldest_delivery_age_seconds)"}),
    ("Last good backup", "stat", "s", {"age": "time() - max(charge_portal_backup_timestamp_seconds)"}),
    ("Last proven backup", "stat", "s", {"age": "time() - max(charge_portal_backup_verified_timestamp_seconds)"}),
)


def _panel(number: int, title: str, kind: str, unit: str, queries: dict[str, str]) -> dict[str, Any]:
    across = GRID_COLUMNS // WIDTH
    return {
        "id": number + 1,
        "title": title,
        "type": kind,
        "datasource": SOURCE,
        "gridPos": {"x": number % across * WIDTH, "y": number // across * HEIGHT, "w": WIDTH, "h": HEIGHT},
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + place), "expr": query, "legendFormat": legend, "datasource": SOURCE}
            for place, (legend, query) in enumerate(queries.items())
        ],
    }


def dashboard() -> dict[str, Any]:
    return {
        "title": "Charge Portal",
        "uid": "charge-portal",
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [{"name": "datasource", "type": "datasource", "query": "prometheus"}]},
        "panels": [_panel(number, *panel) for number, panel in enumerate(PANELS)],
    }


if __name__ == "__main__":
    json.dump(dashboard(), sys.stdout, indent=1)
    sys.stdout.write("\n")
