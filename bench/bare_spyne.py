"""The service that the engine is measured against: spyne answers MeterValues of OCPP 1.5 and stores nothing."""

from spyne import Application, ComplexModel, DateTime, Integer, ServiceBase, Unicode, XmlAttribute, XmlData, rpc
from spyne.protocol.soap import Soap12
from spyne.server.wsgi import WsgiApplication

NAMESPACE = "urn://Ocpp/Cs/2012/06/"


class ChargeBoxIdentity(ComplexModel):
    __namespace__ = NAMESPACE
    __type_name__ = "chargeBoxIdentity"
    value = XmlData(Unicode)


class Sample(ComplexModel):
    __namespace__ = NAMESPACE
    value = XmlData(Unicode)
    context = XmlAttribute(Unicode)
    format = XmlAttribute(Unicode)
    measurand = XmlAttribute(Unicode)
    location = XmlAttribute(Unicode)
    unit = XmlAttribute(Unicode)


class MeterValue(ComplexModel):
    __namespace__ = NAMESPACE
    timestamp = DateTime
    value = Sample.customize(max_occurs="unbounded")


class MeterValuesRequest(ComplexModel):
    __namespace__ = NAMESPACE
    connectorId = Integer
    transactionId = Integer
    values = MeterValue.customize(max_occurs="unbounded")


class MeterValuesResponse(ComplexModel):
    __namespace__ = NAMESPACE


class CentralSystemService(ServiceBase):
    __in_header__ = ChargeBoxIdentity

    @rpc(
        MeterValuesRequest,
        _returns=MeterValuesResponse,
        _body_style="bare",
        _in_message_name=f"{{{NAMESPACE}}}meterValuesRequest",
        _out_message_name=f"{{{NAMESPACE}}}meterValuesResponse",
    )
    def MeterValues(ctx, request):
        return MeterValuesResponse()


app = WsgiApplication(
    Application([CentralSystemService], NAMESPACE, in_protocol=Soap12(validator="soft"), out_protocol=Soap12())
)
