"""What the base template asks for: functions, tabs, navigator, language. Jinja globals, because widgets of
Flask-AppBuilder render without a context."""

from flask import Flask, url_for
from flask_babel import get_locale
from flask_login import current_user

from portal import menu, node
from portal.language import LANGUAGES
from portal.pages.news import unread_count
from portal.tree import state_text, state_words
from portal.tree_menu import movable_kinds
from portal.viewer import may
from portal.views.alarm import new_alarms


def language() -> str:
    """For `<html lang>`."""
    return str(get_locale() or "en").replace("_", "-")


def other_languages() -> list[tuple[str, str]]:
    """Code and own name of each language that the page could be in instead."""
    return [(code, words["name"]) for code, words in LANGUAGES.items() if code != language()]


def signed_in_name() -> str:
    return str(current_user)


def has_navigator() -> bool:
    """Whether the tree is for the role of who looks: not for EV users."""
    return may("can_children", "TreeView")


def finds_users() -> bool:
    """Whether the search finds users too."""
    return may("can_show", "UserView")


def tree_equipment() -> str:
    """What the navigator's menu brings in for forms in a dialog (static/tree_menu.js)."""
    return " ".join(
        url_for("static", filename=name)
        for name in ("dialog.css", "control.css", "choice.js", "control_form.js", "dialog.js")
    )


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        crumbs=node.crumbs,
        dock=menu.dock,
        finds_users=finds_users,
        function_url=menu.function_url,
        functions=menu.functions,
        has_navigator=has_navigator,
        language=language,
        languages=LANGUAGES,
        movable_kinds=movable_kinds,
        new_alarms=new_alarms,
        node_url=node.node_url,
        other_languages=other_languages,
        selected_key=node.selected_key,
        signed_in_name=signed_in_name,
        state_text=state_text,
        state_words=state_words,
        tabs=menu.tabs,
        tree_equipment=tree_equipment,
        unread_news=unread_count,
    )
