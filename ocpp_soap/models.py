"""The types of a version as spyne's classes.

What stands between two tags is taken as the text that it is: whether it is a number or a time is judged once, with the
tolerance that is shown to stations of every version, by whoever reads the payload. The WSDL tells the types all the
same.
"""

from functools import cache
from typing import Any

import spyne
from spyne import ComplexModel, Unicode
from spyne.const.xml import NS_XSD
from spyne.model.complex import ComplexModelMeta, XmlAttribute, XmlData

from ocpp_soap.kinds import Built, Choice, Decimal, Field, Kind, Record, Text

UNBOUNDED = float("inf")


@cache
def model(record: Record, namespace: str) -> Any:
    """The class of a record in a service's namespace."""
    fields = [(name, _of_field(field, namespace)) for name, field in record]
    return ComplexModelMeta(record.name, (ComplexModel,), {"__namespace__": namespace, "_type_info": fields})


def _of_field(field: Field, namespace: str) -> Any:
    if field.is_content:
        return XmlData(_of_kind(field.kind, namespace))
    if field.is_attribute:
        return XmlAttribute(_of_kind(field.kind, namespace), use="optional")
    most = UNBOUNDED if field.is_list else 1
    return _of_kind(field.kind, namespace, min_occurs=0 if field.is_optional else 1, max_occurs=most, nillable=False)


def _of_kind(kind: Kind, namespace: str, **occurs: Any) -> Any:
    """All at once: a type that is customized a second time loses its name."""
    match kind:
        case Record():
            return model(kind, namespace).customize(**occurs)
        case Built():
            return _built(kind).customize(**occurs)
        case Choice(name, words):
            return Unicode.customize(type_name=name, values=list(words), __namespace__=namespace, **occurs)
        case Decimal(name, places):
            return spyne.Decimal.customize(type_name=name, fraction_digits=places, __namespace__=namespace, **occurs)
        case Text(str(name), longest):
            return Unicode.customize(type_name=name, max_len=longest, __namespace__=namespace, **occurs)
        case _:
            return Unicode.customize(**occurs)


@cache
def _built(kind: Built) -> Any:
    return type(kind.name, (Unicode,), {"__type_name__": kind.name, "__namespace__": NS_XSD})
