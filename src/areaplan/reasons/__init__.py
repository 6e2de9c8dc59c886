"""Say in the reader's language why a library or the system refuses: a value of the settings, a text that is no TOML, a file that cannot be read.

Libraries speak English. Here their errors become messages; what none of the sentences fits is passed on as the library said it.
"""

from areaplan.reasons.libraries import library_reason
from areaplan.reasons.system import ordinary_text, system_reason
from areaplan.reasons.toml import read_toml
from areaplan.reasons.values import WrongValue, value_reason

__all__ = ["WrongValue", "library_reason", "ordinary_text", "read_toml", "system_reason", "value_reason"]
