"""Every version that is spoken over SOAP."""

from ocpp_soap.kinds import Version
from ocpp_soap.v12 import V12
from ocpp_soap.v15 import V15
from ocpp_soap.v16 import V16

VERSIONS: dict[str, Version] = {
    "CentralSystemService12": V12,
    "CentralSystemService15": V15,
    "CentralSystemService16": V16,
}
"""By the last word of the address under which its central system is called."""
