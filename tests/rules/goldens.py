#!/usr/bin/python3
# goldens.py - the goldens of rules/taegis against the second mapping.
#
#   goldens.py           every .out.ndjson says what the second mapping says
#   goldens.py --write   writes them
#
# Lives here: reading goldens and their settings, and a difference field by field.
# Not here: running weir; test_taegis.py does.
# SPDX-License-Identifier: Apache-2.0
"""What stands in the goldens is what the description of the mapping says, whatever the rules do."""

import glob
import os
import sys

import yaml

import second_mapping
import source_json

PACK = os.path.join(second_mapping.RULES, "taegis")


def settings_of(path):
    """_settings.yaml, then the variant's own; null takes a setting away."""
    files = [os.path.join(PACK, "_settings.yaml"), path.replace(".in.ndjson", ".set.yaml")]
    merged = {}
    for name in filter(os.path.exists, files):
        with open(name, encoding="utf-8") as file:
            merged.update(yaml.safe_load(file))
    return {name: value for name, value in merged.items() if value is not None}


def lines_of(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        return [line.strip(" \t\r\n") for line in file.read().split("\n") if line.strip(" \t\r\n")]


def expected(path):
    settings = settings_of(path)
    return [record for line in lines_of(path) for record in second_mapping.records(line, settings)]


def plain(value):
    """For comparing: numbers by value, not by spelling."""
    if isinstance(value, source_json.Number):
        return float(value) if set(value) & set(".eE") else int(value)
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value


def differences(wanted, found, at=""):
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key in sorted(set(wanted) | set(found)):
            yield from differences(wanted.get(key), found.get(key), f"{at}.{key}" if at else key)
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for i, pair in enumerate(zip(wanted, found)):
            yield from differences(*pair, f"{at}[{i}]")
    elif wanted != found or isinstance(wanted, bool) != isinstance(found, bool):
        yield f"{at}: wanted {wanted!r}, found {found!r}"


def compare(name, wanted, found):
    """Prints what differs between two lists of records; how many do."""
    if len(wanted) != len(found):
        print(f"{name}: wanted {len(wanted)} records, found {len(found)}")
    wrong = abs(len(wanted) - len(found))
    for i, (one, other) in enumerate(zip(wanted, found), 1):
        lines = list(differences(plain(one), plain(other)))
        wrong += bool(lines)
        for line in lines if wrong <= 10 else []:
            print(f"{name}:{i} ({one.get('sensor_event_id')}): {line}")
    return wrong


def main():
    wrong = 0
    for path in sorted(glob.glob(os.path.join(PACK, "*.in.ndjson"))):
        out, wanted = path.replace(".in.", ".out."), expected(path)
        if sys.argv[1:] == ["--write"]:
            with open(out, "w", encoding="utf-8", newline="\n") as file:
                file.writelines(source_json.write(record) + "\n" for record in wanted)
        wrong += compare(os.path.basename(out), wanted, [source_json.read(line) for line in lines_of(out)])
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
