"""Give every building a number of households: whole numbers that add up to the total of its village.

H1. Counts that were given stay, unless ``[households] total = "register"`` scales them to the village total.
H2. Buildings without a count share what the village total leaves, in proportion to footprint x levels; without a total the estimate
    itself stands: footprint x levels / ``m2_per_household``.
H3. Footprints under ``min_footprint_m2`` and uses known as non-residential count for nothing, unless nothing else stands in the village.
H4. Sharing is by largest remainder; equal remainders go to the row that stands first. So the sum is exact and the result repeatable.
H5. From here on the total of a village is that of its pieces; where the register says otherwise, the difference is a finding (R08).
"""

from areaplan.households.estimate import estimate_households
from areaplan.households.spread import largest_remainder
from areaplan.households.uses import is_residential

__all__ = ["estimate_households", "is_residential", "largest_remainder"]
