"""The types of a version as spyne's classes.

What stands between two tags is taken as the text that it is: whether it is a number or a time is judged once, with the
tolerance that is shown to stations of every version, by whoever reads the payload. The WSDL tells the types all the
same.
"""

from functools import cache
from typing import Any

from spyne import ComplexModel, Unicode
from spyne.const.xml import NS_XSD
from spyne.model.complex import ComplexModelMeta, XmlAttribute, XmlData

from ocpp_soap.kinds import Built, Choice, Field, Kind, Record, Text

UNBOUNDED = float("inf")


@cache
def model(record: Record, namespace: str) -> Any:
    """The class of a record in a service's namespace."""
    fields = [(name, _of_field(field, namespace)) for name, field in record]
    return ComplexModelMeta(record.name, (ComplexModel,), {"__namespace__": namespace, "_type_info": fields})


def _of_field(field: Field, namespace: str) -> Any:
    kind = _of_kind(field.kind, namespace)
    if field.is_content:
        return XmlData(kind)
    if field.is_attribute:
        return XmlAttribute(kind, use="optional")
    most = UNBOUNDED if field.is_list else 1
    return kind.customize(min_occurs=0 if field.is_optional else 1, max_occurs=most, nillable=False)


@cache
def _of_kind(kind: Kind, namespace: str) -> Any:
    match kind:
        case Record():
            return model(kind, namespace)
        case Built(name):
            return type(name, (Unicode,), {"__type_name__": name, "__namespace__": NS_XSD})
        case Choice(name, words):
            return Unicode.customize(type_name=name, values=list(words), __namespace__=namespace)
        case Text(str(name), longest):
            return Unicode.customize(type_name=name, max_len=longest, __namespace__=namespace)
        case _:
            return Unicode
