"""`python -m portal.translations.update`: take new messages into the catalogues, and gone ones out."""

from babel.messages import Catalog

from portal.translations import catalogue


def update(language: str) -> None:
    """Keep every translation; nothing is guessed from messages that resemble each other."""
    known = catalogue.read(language) if catalogue.path(language).exists() else Catalog(locale=language)
    known.update(catalogue.from_sources(), no_fuzzy_matching=True)
    known.obsolete.clear()
    catalogue.write(known, language)


if __name__ == "__main__":
    for each in catalogue.LANGUAGES:
        update(each)
