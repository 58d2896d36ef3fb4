"""The kinds of panes, one file for each; the registry lists them."""
