"""Import of users and tags from Excel or CSV: explain, read, show what would happen, and write it when told to."""

import io
from typing import Any

from flask import Response, abort, flash, redirect, request, send_file, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_login import current_user

from domain.queue import enqueue
from portal.database import database
from portal.errors import wants_json
from portal.exports.xlsx import MIME_TYPE as XLSX
from portal.formats import user_time_zone
from portal.frame import language
from portal.imports import job, shown, template, waiting
from portal.imports.columns import COLUMNS, ROLE_NAMES, Kind
from portal.imports.outcomes import Outcome
from portal.imports.plan import plan
from portal.imports.problems import UnreadableFileError
from portal.imports.progress import Decision, Progress, Run
from portal.imports.reading import LARGEST_FILE_BYTES, MEGABYTE, read
from portal.imports.report import report
from portal.imports.rows import Rows, rows_of
from portal.imports.sheets import MOST_ROWS, Read
from portal.imports.waiting import ReadAs, Waiting
from portal.record import Page

MOST_FILES = 5
MOST_TROUBLES_SHOWN = 100
MINUTE_SECONDS = 60


class ImportUsersView(BaseView):
    """A word in the address leads to what waits, but only for the administrator who brought it."""

    route_base = "/users/import"
    default_view = "index"

    @expose("/", methods=["GET", "POST"])
    @has_access
    def index(self) -> Page:
        if request.method == "GET":
            return self._start_page()
        try:
            files = _sent_files()
            rows = rows_of(files, user_time_zone())
        except UnreadableFileError as error:
            return self._start_page(str(error)), 422
        return _preview_of(rows, [_read_as(file) for file in files])

    @expose("/template/<string:name>")
    @has_access
    def template(self, name: str) -> Response:
        """users.csv, tags.csv, or both in users.xlsx."""
        if name == "users.xlsx":
            book = io.BytesIO(template.xlsx_template(_language()))
            return send_file(book, XLSX, as_attachment=True, download_name=name)
        kind = next((kind for kind in Kind if name == f"{kind}.csv"), None) or abort(404)
        return _csv_file(template.csv_template(kind, _language()), name)

    @expose("/<string:word>")
    @has_access
    def preview(self, word: str) -> Page:
        rows = waiting.load(_me(), word)
        if rows is None:
            return self._gone_page()
        if Run(_me(), word).look(database()) is not None:
            return redirect(url_for(".progress", word=word))
        asked = request.args.get("outcome")
        outcome = next((outcome for outcome in Outcome if outcome == asked), None)
        lines, number, pages = shown.page(rows, outcome, request.args.get("page", 1, int))
        return self.render_template(
            "import_preview.html",
            word=word,
            waiting=rows,
            counts=shown.counts(rows),
            total=len(rows.verdicts),
            writing=shown.writing_count(rows),
            outcome=outcome,
            outcome_words=shown.OUTCOME_WORDS,
            lines=lines,
            number=number,
            pages=pages,
            minutes=max(1, waiting.seconds_left(_me(), word) // MINUTE_SECONDS),
        )

    @expose("/<string:word>/confirm", methods=["POST"])
    @has_access
    def confirm(self, word: str) -> Page:
        if waiting.load(_me(), word) is None:
            return self._gone_page()
        if Run(_me(), word).queue():
            waiting.keep_for(_me(), word, waiting.RUN_SECONDS)
            enqueue(job.NAME, _me(), word, request.remote_addr, timeout_seconds=job.LONGEST_SECONDS)
        return redirect(url_for(".progress", word=word))

    @expose("/<string:word>/again", methods=["POST"])
    @has_access
    def again(self, word: str) -> Page:
        """A new preview of the same rows, once something has changed or was cancelled."""
        rows = waiting.load(_me(), word)
        progress = Run(_me(), word).look(database())
        if rows is None or (progress is not None and progress.has_written):
            return self._gone_page()
        if progress is not None and not progress.is_over:
            return redirect(url_for(".progress", word=word))
        waiting.forget(_me(), word)
        return _preview_of(rows.rows, rows.files)

    @expose("/<string:word>/discard", methods=["POST"])
    @has_access
    def discard(self, word: str) -> Page:
        if Run(_me(), word).look(database()) is None:
            waiting.forget(_me(), word)
            flash(gettext("The rows were forgotten. Nothing was written."), "success")
        return redirect(url_for(".index"))

    @expose("/<string:word>/progress")
    @has_access
    def progress(self, word: str) -> Page | dict[str, Any]:
        progress = self._progress(word)
        if progress is None:
            return self._gone_page()
        if wants_json():
            return {"over": progress.is_over, "done": progress.done, "total": progress.total, "text": _told(progress)}
        rows = waiting.load(_me(), word)
        return self.render_template(
            "import_progress.html",
            word=word,
            progress=progress,
            text=_told(progress),
            waiting=rows,
            counts=shown.counts(rows) if rows else {},
            outcome_words=shown.OUTCOME_WORDS | (shown.DONE_WORDS if progress.has_written else {}),
            troubles=_troubles(rows, progress) if rows else [],
            more_troubles=max(0, len(progress.troubles) - MOST_TROUBLES_SHOWN),
        )

    @expose("/<string:word>/cancel", methods=["POST"])
    @has_access
    def cancel(self, word: str) -> Page:
        progress = self._progress(word)
        if progress is None:
            return self._gone_page()
        if not progress.is_over and not Run(_me(), word).decide(Decision.CANCEL):
            flash(gettext("It was too late to cancel: the rows are written."), "error")
        return redirect(url_for(".progress", word=word))

    @expose("/<string:word>/report.csv")
    @has_access
    def report(self, word: str) -> Page | Response:
        progress, rows = self._progress(word), waiting.load(_me(), word)
        if rows is None or progress is None:
            return self._gone_page()
        if not progress.has_written:
            abort(404)
        return _csv_file(report(rows), "import-report.csv")

    @staticmethod
    def _progress(word: str) -> Progress | None:
        return Run(_me(), word).look(database())

    def _start_page(self, error: str | None = None) -> str:
        return self.render_template(
            "import_users.html",
            error=error,
            columns=COLUMNS,
            headings_in=_language(),
            roles=ROLE_NAMES,
            most_rows=MOST_ROWS,
            most_megabytes=LARGEST_FILE_BYTES // MEGABYTE,
            zone=user_time_zone().key,
        )

    def _gone_page(self) -> Page:
        """The same for what is over and for what is somebody else's."""
        return self.render_template("import_gone.html", minutes=waiting.WAIT_SECONDS // MINUTE_SECONDS), 404


def _language() -> str:
    """In which a template is: one of those that headings are known in."""
    return "da" if language() == "da" else "en"


def _me() -> int:
    return current_user.id


def _sent_files() -> list[Read]:
    sent = [file for file in request.files.getlist("files") if file.filename]
    if not sent:
        raise UnreadableFileError(gettext("Choose a file first."))
    if len(sent) > MOST_FILES:
        raise UnreadableFileError(gettext("At most %(most)s files at once.", most=MOST_FILES))
    return [_read_file(str(file.filename)[-100:], file.read()) for file in sent]


def _read_file(name: str, content: bytes) -> Read:
    try:
        return read(name, content)
    except UnreadableFileError as error:
        raise UnreadableFileError(f"{name}: {error}") from error


def _read_as(file: Read) -> ReadAs:
    return ReadAs(file.file_name, file.encoding, file.is_guess, file.delimiter, file.sample)


def _preview_of(rows: Rows, files: list[ReadAs]) -> Page:
    planned = plan(database(), rows, _me())
    return redirect(url_for(".preview", word=waiting.keep(_me(), Waiting(rows, planned.verdicts, files))), 303)


def _told(progress: Progress) -> str:
    text = str(shown.STATE_WORDS[progress.state])
    if progress.is_over or not progress.total:
        return text
    return gettext("%(what)s: %(done)s of %(total)s", what=text, done=progress.done, total=progress.total)


def _troubles(rows: Waiting, progress: Progress) -> list[tuple[shown.Line, str, list[str]]]:
    """Each row that would not become what was shown: as it was, what it would become now, and why."""
    everything = rows.all_rows
    return [
        (
            shown.line(everything[trouble.index], rows.verdicts[trouble.index]),
            str(shown.OUTCOME_WORDS[trouble.now]),
            [problem.text for problem in trouble.problems],
        )
        for trouble in progress.troubles[:MOST_TROUBLES_SHOWN]
    ]


def _csv_file(content: str, name: str) -> Response:
    response = Response(content, mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
