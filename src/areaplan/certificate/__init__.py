"""The certificate of a plan: what was proved, in numbers a stranger can compute again.

It holds a content hash of the plan, the count of edges that cancelled, and per village the square millimetres and households that went in
and came out, as whole numbers. :func:`verify_certificate` trusts none of it and computes everything anew.
"""

from areaplan.certificate.hashing import content_hash
from areaplan.certificate.making import make_certificate, make_layer_certificate
from areaplan.certificate.verifying import verdicts_left_out, verify_certificate, verify_layer_certificate

__all__ = [
    "content_hash",
    "make_certificate",
    "make_layer_certificate",
    "verdicts_left_out",
    "verify_certificate",
    "verify_layer_certificate",
]
