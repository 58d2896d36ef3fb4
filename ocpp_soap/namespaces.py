"""The namespaces around those of OCPP."""

ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
"""SOAP 1.2."""
ENVELOPE_11 = "http://schemas.xmlsoap.org/soap/envelope/"

WSA = "http://www.w3.org/2005/08/addressing"
WSA_OLD = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
"""Some stations still write that of the submission."""
ANONYMOUS = f"{WSA}/anonymous"
"""The other end of the same connection."""
FAULT_ACTION = f"{WSA}/soap/fault"

WSAW = "http://www.w3.org/2006/05/addressing/wsdl"
WSDL = "http://schemas.xmlsoap.org/wsdl/"
WSDL_SOAP12 = "http://schemas.xmlsoap.org/wsdl/soap12/"
HTTP_TRANSPORT = "http://schemas.xmlsoap.org/soap/http"
XSD = "http://www.w3.org/2001/XMLSchema"
XML = "http://www.w3.org/XML/1998/namespace"
