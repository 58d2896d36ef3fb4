"""`make run` on a machine without the right Python."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.fixtures.environment import ROOT

NEEDED_BY_MAKE = ("sh", "make", "awk")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The only directory of programs on a machine that has make and little else."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in NEEDED_BY_MAKE:
        (programs / name).symlink_to(shutil.which(name))
    return programs


def add_python(path: Path, name: str, version: str, has_venv: bool = True) -> None:
    program = path / name
    program.write_text(
        f'#!/bin/sh\ncase "$2" in *version_info*) echo {version} ;; *) exit {0 if has_venv else 1} ;; esac\n'
    )
    program.chmod(0o755)


def make_run(tmp_path: Path, path: Path) -> subprocess.CompletedProcess[str]:
    """In a copy of what `make` reads before it installs anything."""
    tree = tmp_path / "tree"
    (tree / "launcher").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "launcher/python.sh", *(lock.name for lock in ROOT.glob("*.lock"))):
        shutil.copy(ROOT / name, tree / name)
    return subprocess.run(
        ["make", "run"], cwd=tree, env={"PATH": str(path)}, capture_output=True, text=True, check=False
    )


def sentence(tmp_path: Path, path: Path) -> str:
    done = make_run(tmp_path, path)
    assert done.returncode != 0
    said, _, of_make = done.stderr.partition("\n")
    assert of_make.startswith("make: ***")
    assert "Traceback" not in done.stdout + done.stderr
    return said


def test_other_versions_are_named(tmp_path: Path, path: Path) -> None:
    add_python(path, "python3", "3.13")
    add_python(path, "python", "2.7")
    assert sentence(tmp_path, path) == (
        "Charge Portal needs Python 3.11; found 3.13, 2.7: install python3.11 with its venv module, or uv."
    )


def test_no_python_at_all(tmp_path: Path, path: Path) -> None:
    assert sentence(tmp_path, path) == (
        "Charge Portal needs Python 3.11; found none: install python3.11 with its venv module, or uv."
    )


def test_a_python_without_its_venv_module(tmp_path: Path, path: Path) -> None:
    add_python(path, "python3.11", "3.11", has_venv=False)
    assert sentence(tmp_path, path) == (
        f"Charge Portal needs Python's venv module, which {path}/python3.11 lacks: install python3.11-venv, or uv."
    )


def test_the_right_one_is_found_behind_a_version_managers_stand_in(tmp_path: Path, path: Path) -> None:
    stand_ins = tmp_path / "shims"
    stand_ins.mkdir()
    (stand_ins / "python3.11").write_text("#!/bin/sh\necho 'python3.11: command not found' >&2\nexit 127\n")
    (stand_ins / "python3.11").chmod(0o755)
    add_python(path, "python3", "3.11")
    done = subprocess.run(
        [ROOT / "launcher" / "python.sh"],
        env={"PATH": os.pathsep.join(map(str, (stand_ins, path)))},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == (f"{path}/python3\n", "")
