#!/bin/sh
# Prints the path of a Python 3.11 that can make virtual environments, or says in one sentence what is missing.
# Every directory of PATH is tried: the first `python3.11` may be a version manager's stand-in that only complains.

found=""
without_venv=""
IFS=:
for directory in $PATH; do
    for python in "$directory"/python3.11 "$directory"/python3 "$directory"/python; do
        [ -x "$python" ] || continue
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
        if [ "$version" != 3.11 ]; then
            case ", $found," in *", $version,"*) ;; *) found="${found:+$found, }$version" ;; esac
        elif "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            echo "$python"
            exit 0
        else
            without_venv=$python
        fi
    done
done

if [ -n "$without_venv" ]; then
    echo "Charge Portal needs Python's venv module, which $without_venv lacks: install python3.11-venv, or uv." >&2
else
    echo "Charge Portal needs Python 3.11; found ${found:-none}: install python3.11 with its venv module, or uv." >&2
fi
exit 1
