"""What leaves the office: one folder per receiver, with what they work with and nothing they should not have.

Every folder is written beside, opened again, and moved into place whole, with a manifest of counts and hashes.
"""

from areaplan.deliveries.deliver import RECEIVERS, Options, deliver
from areaplan.deliveries.prices import Prices, read_prices

__all__ = ["RECEIVERS", "Options", "Prices", "deliver", "read_prices"]
