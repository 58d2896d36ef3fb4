"""The tab Control of a station: cards of its outlets, panels of commands, their forms."""
