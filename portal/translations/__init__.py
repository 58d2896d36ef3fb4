"""The languages: one catalogue for each, beside English, which is what the code says.

A catalogue holds our own messages and those of Flask-AppBuilder and WTForms, which have no Danish of their own. In a
shell: `python -m portal.translations.update` after strings changed, then translate; `….check` tells what is missing;
`….javascript` writes what scripts need.
"""
