"""What the page of a service says of it."""

from collections.abc import Callable, Mapping

from flask_babel import gettext

from config import get_settings
from domain.models import Service, ServiceKind
from domain.services import setting_up
from domain.services.configuration import MapFeedConfiguration, ParkingConfiguration, WebhookConfiguration
from portal.formats import at
from portal.record import Fact
from portal.services import ocpi
from portal.services.parking import PREFIX
from portal.views.service_words import KINDS, TOPICS


def facts(service: Service) -> list[Fact]:
    adapter = setting_up.adapter_of(service)
    configuration = setting_up.configuration_of(service)
    found = [Fact(gettext("Kind"), KINDS[service.kind.value])]
    found += CONFIGURED[service.kind](configuration) if configuration else [Fact(gettext("Configuration"), None)]
    if adapter.is_called:
        found.append(Fact(gettext("Secret"), _set_or_none(service.sealed_secret is not None)))
        found.append(Fact(gettext("Last told"), at(service.told_at)))
    if adapter.comes:
        found.append(Fact(gettext("Token"), _set_or_none(service.token_hash is not None)))
        found.append(Fact(gettext("Last seen"), at(service.asked_at)))
    return found


def _set_or_none(is_set: bool) -> str:
    return gettext("set") if is_set else gettext("none")


def _webhook(configuration: WebhookConfiguration) -> list[Fact]:
    topics = ", ".join(str(TOPICS[topic]) for topic in configuration.topics)
    return [Fact(gettext("Address"), configuration.url, copies=True), Fact(gettext("What it is told"), topics)]


def _map_feed(configuration: MapFeedConfiguration) -> list[Fact]:
    return [
        Fact(gettext("Address"), ocpi.url_of("/versions"), copies=True),
        Fact(gettext("Operator"), f"{configuration.operator} {configuration.country_code}*{configuration.party_id}"),
        Fact(gettext("Sites that are not shown"), len(configuration.excluded_site_ids)),
    ]


def _parking(configuration: ParkingConfiguration) -> list[Fact]:
    minutes = gettext("%(minutes)s min", minutes=configuration.progress_minutes)
    charges_at = gettext("those with an id at the provider") if configuration.only_listed else gettext("all")
    return [
        Fact(gettext("Address of the provider"), configuration.url, copies=True),
        Fact(gettext("Address for the provider"), f"{get_settings().portal_url}{PREFIX}", copies=True),
        Fact(gettext("Between two messages about a charge"), minutes),
        Fact(gettext("Time to plug in"), gettext("%(minutes)s min", minutes=configuration.start_minutes)),
        Fact(gettext("Outlets"), charges_at),
    ]


CONFIGURED: Mapping[ServiceKind, Callable[..., list[Fact]]] = {
    ServiceKind.MAP_FEED: _map_feed,
    ServiceKind.PARKING: _parking,
    ServiceKind.WEBHOOK: _webhook,
}
