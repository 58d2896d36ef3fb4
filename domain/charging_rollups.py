"""The roll-ups of charges, kept equal to the sum of the charges (domain/rollups.py).

What a charge adds, and to which quarters, is the rule of the database's function `charging_parts`.
"""

from domain.models.charging_rollup import OfCharges, OfMoments
from domain.rollups import Rollup

OF_CHARGES = tuple(OfCharges.__annotations__)
MEASURES = (*OfMoments.__annotations__, *OF_CHARGES)
"""The columns that add up."""

CHARGING = Rollup(
    quarters="charging_quarter",
    months="charging_month",
    measures=MEASURES,
    of_months={name: f"sum({name})" for name in OF_CHARGES},
    month_counts="begun <> 0",
    noted="noted AS (DELETE FROM charging_change RETURNING *), part AS (SELECT * FROM noted)",
    empty=("DELETE FROM charging_change",),
    anew=(
        "SELECT charge.site_id, charge.node_id, part.* FROM charging_session AS charge,"
        " charging_parts(charge.started_at, charge.stopped_at, charge.ended_at, charge.energy_wh) AS part"
    ),
    counted="sum(begun)",
)
fold, rebuild = CHARGING.fold, CHARGING.rebuild
