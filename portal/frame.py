"""What the base template asks for: functions, tabs, navigator, language. Jinja globals, because widgets of
Flask-AppBuilder render without a context."""

from flask import Flask
from flask_babel import get_locale
from flask_login import current_user

from portal import menu, node
from portal.language import LANGUAGES
from portal.tree import state_text


def language() -> str:
    """For `<html lang>`."""
    return str(get_locale() or "en").replace("_", "-")


def other_languages() -> list[tuple[str, str]]:
    """Code and own name of each language that the page could be in instead."""
    return [(code, words["name"]) for code, words in LANGUAGES.items() if code != language()]


def signed_in_name() -> str:
    return f"{current_user.first_name} {current_user.last_name}".strip()


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        configuration_tabs=menu.configuration_tabs,
        crumbs=node.crumbs,
        function_url=menu.function_url,
        functions=menu.functions,
        language=language,
        languages=LANGUAGES,
        node_url=node.node_url,
        other_languages=other_languages,
        selected_key=node.selected_key,
        signed_in_name=signed_in_name,
        state_text=state_text,
    )
