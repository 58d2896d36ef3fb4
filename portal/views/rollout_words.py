"""Careful rollouts in words."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from domain.models import ParameterResult, RolloutState, RolloutStep
from domain.rollout_turns import Why
from domain.rollouts import MOST_CHANGES, MOST_STATIONS, Refusal, RolloutError
from portal.pages.parameters import words

STATES: Mapping[str, LazyString] = {
    RolloutState.RUNNING.value: _l("Running"),
    RolloutState.DONE.value: _l("Done"),
    RolloutState.STOPPED.value: _l("Stopped by itself"),
    RolloutState.CANCELLED.value: _l("Cancelled"),
}
STATE_SIGNS = {
    RolloutState.RUNNING.value: ("↗", "charging"),
    RolloutState.DONE.value: ("✓", "ok"),
    RolloutState.STOPPED.value: ("✕", "fault"),
    RolloutState.CANCELLED.value: ("–", "muted"),
}
"""Symbol and colour."""

STEPS: Mapping[str, LazyString] = {
    RolloutStep.WAITING.value: _l("Waits for its turn"),
    RolloutStep.CHANGING.value: _l("Is being changed"),
    RolloutStep.RETURNING.value: _l("Its return is awaited"),
    RolloutStep.DONE.value: _l("Done"),
    RolloutStep.FAILED.value: _l("Failed"),
    RolloutStep.SKIPPED.value: _l("Left out"),
}
STEP_SIGNS = {
    RolloutStep.WAITING.value: ("◷", "muted"),
    RolloutStep.CHANGING.value: ("↗", "charging"),
    RolloutStep.RETURNING.value: ("↻", "charging"),
    RolloutStep.DONE.value: ("✓", "ok"),
    RolloutStep.FAILED.value: ("✕", "fault"),
    RolloutStep.SKIPPED.value: ("–", "muted"),
}

REASONS: Mapping[str, LazyString] = {
    Why.OFFLINE.value: _l("It was offline when its turn came."),
    Why.REFUSED.value: _l("It did not take %(key)s: %(answer)s."),
    Why.NO_ANSWER.value: _l("It did not answer."),
    Why.RESTART_REFUSED.value: _l("It refused to restart."),
    Why.STAYED_AWAY.value: _l("It did not come back in time."),
    Why.ROLLOUT_ENDED.value: _l("The rollout ended before its turn."),
}

REFUSALS: Mapping[Refusal, LazyString] = {
    Refusal.NOTHING: _l("Choose at least one parameter."),
    Refusal.NOBODY: _l("Choose at least one station."),
    Refusal.TOO_MANY: _l("At most %(changes)s parameters and %(stations)s stations at a time."),
    Refusal.SECRET: _l("%(name)s is a secret, which is set at each station by itself."),
    Refusal.WRONG_VALUE: _l("The value of %(name)s cannot be right."),
    Refusal.BUSY: _l("%(name)s is in another rollout now."),
}


def refusal(error: RolloutError) -> str:
    """Why it cannot begin."""
    values = {"name": error.name, "changes": MOST_CHANGES, "stations": MOST_STATIONS}
    return str(REFUSALS[error.refusal]) % values


def why(details: Mapping[str, object]) -> str:
    """Why a turn failed or was left out; nothing for the others."""
    reason, key = details.get("why"), details.get("key")
    if reason is None:
        return ""
    answers = details.get("answers")
    answer = answers.get(key) if isinstance(answers, dict) else None
    said = words.RESULTS[ParameterResult(answer)][2] if answer else _("no answer")
    return str(REASONS[str(reason)]) % {"key": key, "answer": said}
