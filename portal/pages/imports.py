"""The pages of an import: explain, read, show what would happen, and write it when told to."""

import io
from typing import Any, ClassVar

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
from portal.imports.outcomes import Outcome
from portal.imports.problems import UnreadableFileError
from portal.imports.progress import Decision, Progress, Run
from portal.imports.reading import LARGEST_FILE_BYTES, MEGABYTE, read
from portal.imports.report import report
from portal.imports.sheets import MOST_ROWS, Read
from portal.imports.subject import Line, Subject
from portal.imports.waiting import ReadAs, Waiting
from portal.record import Page

MOST_FILES = 5
MOST_TROUBLES_SHOWN = 100
MINUTE_SECONDS = 60


class ImportView(BaseView):
    """A word in the address leads to what waits, but only for whoever brought it."""

    default_view = "index"
    subject: ClassVar[Subject[Any, Any]]
    start_template: ClassVar[str]

    @expose("/", methods=["GET", "POST"])
    @has_access
    def index(self) -> Page:
        if request.method == "GET":
            return self._start_page()
        try:
            files = self._sent_files()
            rows = self.subject.rows(files, user_time_zone())
        except UnreadableFileError as error:
            return self._start_page(str(error)), 422
        return self._preview_of(rows, [_read_as(file) for file in files])

    @expose("/template/<string:name>")
    @has_access
    def template(self, name: str) -> Response:
        """All sheets as a workbook, named as the subject, or one of them as CSV, named as its kind."""
        if name == f"{self.subject.name}.xlsx":
            book = io.BytesIO(template.xlsx_template(self.subject, file_language()))
            return send_file(book, XLSX, as_attachment=True, download_name=name)
        kind = next((kind for kind in self.subject.layout.columns if name == f"{kind}.csv"), None) or abort(404)
        return _csv_file(template.csv_template(self.subject, kind, file_language()), name)

    @expose("/<string:word>")
    @has_access
    def preview(self, word: str) -> Page:
        rows = self._waiting(word)
        if rows is None:
            return self._gone_page()
        if self._run(word).look(database()) is not None:
            return redirect(url_for(".progress", word=word))
        asked = request.args.get("outcome")
        outcome = next((outcome for outcome in Outcome if outcome == asked), None)
        lines, number, pages = shown.page(self.subject, rows, outcome, request.args.get("page", 1, int))
        return self.render_template(
            "import_preview.html",
            subject=self.subject,
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
            minutes=max(1, waiting.seconds_left(self.subject, _me(), word) // MINUTE_SECONDS),
        )

    @expose("/<string:word>/confirm", methods=["POST"])
    @has_access
    def confirm(self, word: str) -> Page:
        if self._waiting(word) is None:
            return self._gone_page()
        if self._run(word).queue():
            waiting.keep_for(self.subject, _me(), word, waiting.RUN_SECONDS)
            whose = (self.subject.name, _me(), word, request.remote_addr)
            enqueue(job.NAME, *whose, timeout_seconds=job.LONGEST_SECONDS)
        return redirect(url_for(".progress", word=word))

    @expose("/<string:word>/again", methods=["POST"])
    @has_access
    def again(self, word: str) -> Page:
        """A new preview of the same rows, once something has changed or was cancelled."""
        rows = self._waiting(word)
        progress = self._progress(word)
        if rows is None or (progress is not None and progress.has_written):
            return self._gone_page()
        if progress is not None and not progress.is_over:
            return redirect(url_for(".progress", word=word))
        waiting.forget(self.subject, _me(), word)
        return self._preview_of(rows.rows, rows.files)

    @expose("/<string:word>/discard", methods=["POST"])
    @has_access
    def discard(self, word: str) -> Page:
        if self._progress(word) is None:
            waiting.forget(self.subject, _me(), word)
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
        rows = self._waiting(word)
        return self.render_template(
            "import_progress.html",
            subject=self.subject,
            word=word,
            progress=progress,
            text=_told(progress),
            waiting=rows,
            counts=shown.counts(rows) if rows else {},
            outcome_words=shown.OUTCOME_WORDS | (shown.DONE_WORDS if progress.has_written else {}),
            troubles=self._troubles(rows, progress) if rows else [],
            more_troubles=max(0, len(progress.troubles) - MOST_TROUBLES_SHOWN),
        )

    @expose("/<string:word>/cancel", methods=["POST"])
    @has_access
    def cancel(self, word: str) -> Page:
        progress = self._progress(word)
        if progress is None:
            return self._gone_page()
        if not progress.is_over and not self._run(word).decide(Decision.CANCEL):
            flash(gettext("It was too late to cancel: the rows are written."), "error")
        return redirect(url_for(".progress", word=word))

    @expose("/<string:word>/report.csv")
    @has_access
    def report(self, word: str) -> Page | Response:
        progress, rows = self._progress(word), self._waiting(word)
        if rows is None or progress is None:
            return self._gone_page()
        if not progress.has_written:
            abort(404)
        return _csv_file(report(self.subject, rows), "import-report.csv")

    def start_words(self) -> dict[str, Any]:
        """What the first page says beside what all say."""
        return {}

    def _run(self, word: str) -> Run:
        return Run(self.subject.name, _me(), word)

    def _progress(self, word: str) -> Progress | None:
        return self._run(word).look(database())

    def _waiting(self, word: str) -> Waiting[Any] | None:
        return waiting.load(self.subject, _me(), word)

    def _start_page(self, error: str | None = None) -> str:
        return self.render_template(
            self.start_template,
            error=error,
            columns=self.subject.layout.columns,
            emptiable=self.subject.layout.emptiable,
            headings_in=file_language(),
            most_rows=MOST_ROWS,
            most_megabytes=LARGEST_FILE_BYTES // MEGABYTE,
            **self.start_words(),
        )

    def _gone_page(self) -> Page:
        """The same for what is over and for what is somebody else's."""
        return self.render_template("import_gone.html", minutes=waiting.WAIT_SECONDS // MINUTE_SECONDS), 404

    def _sent_files(self) -> list[Read]:
        sent = [file for file in request.files.getlist("files") if file.filename]
        if not sent:
            raise UnreadableFileError(gettext("Choose a file first."))
        if len(sent) > MOST_FILES:
            raise UnreadableFileError(gettext("At most %(most)s files at once.", most=MOST_FILES))
        return [self._read_file(str(file.filename)[-100:], file.read()) for file in sent]

    def _read_file(self, name: str, content: bytes) -> Read:
        try:
            return read(name, content, self.subject.layout)
        except UnreadableFileError as error:
            raise UnreadableFileError(f"{name}: {error}") from error

    def _preview_of(self, rows: Any, files: list[ReadAs]) -> Page:
        planned = self.subject.plan(database(), rows, _me())
        word = waiting.keep(self.subject, _me(), Waiting(rows, planned.verdicts, files))
        return redirect(url_for(".preview", word=word), 303)

    def _troubles(self, rows: Waiting[Any], progress: Progress) -> list[tuple[Line, str, list[str]]]:
        """Each row that would not become what was shown: as it was, what it would become now, and why."""
        everything = rows.rows.everything
        return [
            (
                self.subject.line(everything[trouble.index], rows.verdicts[trouble.index]),
                str(shown.OUTCOME_WORDS[trouble.now]),
                [problem.text for problem in trouble.problems],
            )
            for trouble in progress.troubles[:MOST_TROUBLES_SHOWN]
        ]


def file_language() -> str:
    """In which a template is: one of those that headings are known in."""
    return "da" if language() == "da" else "en"


def _me() -> int:
    return current_user.id


def _read_as(file: Read) -> ReadAs:
    return ReadAs(file.file_name, file.encoding, file.is_guess, file.delimiter, file.sample)


def _told(progress: Progress) -> str:
    text = str(shown.STATE_WORDS[progress.state])
    if progress.is_over or not progress.total:
        return text
    return gettext("%(what)s: %(done)s of %(total)s", what=text, done=progress.done, total=progress.total)


def _csv_file(content: str | bytes, name: str) -> Response:
    response = Response(content, mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
