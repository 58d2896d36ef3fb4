"""The roll-ups of the states of outlets (domain/rollups.py), and the history that they are sums of.

How many outlets are in a state at a moment follows from how many are in it now and what changed since: so there are as
many rows as something changed, and not as many as there are outlets and hours.
"""

from domain.rollups import Rollup
from domain.statuses import OutletState

STATES = tuple(state.value for state in OutletState)
MEASURES = (*STATES, *(f"{state}_us" for state in STATES))
"""The columns that add up."""

CHANGE = "id, at, outlet_id, node_id, site_id, floor_id, before, after"
MONTH_ENDS_AT = "(date_trunc('month', quarter_at AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC'"
LEFT_US = f"(extract(epoch FROM {MONTH_ENDS_AT} - quarter_at - interval '15 minutes') * 1000000)::bigint"
"""From the end of a quarter to that of its month."""

PARTS = "SELECT change.site_id, change.node_id, part.* FROM {} AS change, state_parts(at, before, after) AS part"
TAKEN = (
    "noted AS (DELETE FROM outlet_state_note RETURNING *),"  # noqa: S608 - our own words
    f" kept AS (INSERT INTO outlet_state_change ({CHANGE}) SELECT {CHANGE} FROM noted)"
)

STATE = Rollup(
    quarters="state_quarter",
    months="state_month",
    measures=MEASURES,
    of_months={
        **{state: f"sum({state})" for state in STATES},
        **{f"{state}_us": f"sum({state}_us + {state} * {LEFT_US})" for state in STATES},
    },
    month_counts="true",
    noted=f"{TAKEN}, part AS ({PARTS.format('noted')})",
    empty=(f"WITH {TAKEN} SELECT",),
    anew=PARTS.format("outlet_state_change"),
    counted="count(*)",
    since="coalesce((SELECT done_until FROM retention WHERE kept = 'states'), '-infinity')",
)
fold, rebuild = STATE.fold, STATE.rebuild
