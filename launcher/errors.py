"""What a person at the terminal is told instead of a traceback."""

import click


class LaunchError(click.ClickException):
    """Something outside the program is not as it must be; the message is one sentence that says what to do."""

    def show(self, file: object = None) -> None:
        click.echo(self.message, err=True)
