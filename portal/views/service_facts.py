"""What the page of a service says of it."""

from collections.abc import Callable, Mapping

from flask_babel import gettext

from domain.models import Service, ServiceKind
from domain.services import setting_up
from domain.services.configuration import MapFeedConfiguration, WebhookConfiguration
from portal.formats import at
from portal.record import Fact
from portal.services import ocpi
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


CONFIGURED: Mapping[ServiceKind, Callable[..., list[Fact]]] = {
    ServiceKind.MAP_FEED: _map_feed,
    ServiceKind.WEBHOOK: _webhook,
}
