"""Adds the test projects' results up and prints the closing line. Fails on a failed test, a failed step, a skip nobody expected."""

import fnmatch
import glob
import os
import sys
import xml.etree.ElementTree as ElementTree


def expected_skips(path):
    """Reads lines `pattern  # reason`; the pattern is of fnmatch over Namespace.Class.Method."""
    patterns = []
    for line in open(path, encoding="utf-8") if os.path.exists(path) else []:
        pattern, _, reason = line.partition("#")
        if pattern.strip():
            if not reason.strip():
                sys.exit(f"{path}: {pattern.strip()} has no reason")
            patterns.append(pattern.strip())
    return patterns


def main(results, skips):
    patterns = expected_skips(skips)
    passed = skipped = 0
    failures = [line.strip() for line in open(os.path.join(results, "faults"), encoding="utf-8")]
    for path in sorted(glob.glob(os.path.join(results, "*.xml"))):
        try:
            root = ElementTree.parse(path).getroot()
        except ElementTree.ParseError as error:
            failures.append(f"{path} cannot be read: {error}")
            continue
        failures += [f"error in {path}" for _ in root.iter("error")]
        for test in root.iter("test"):
            name = test.get("name", "")
            if test.get("result") == "Pass":
                passed += 1
            elif test.get("result") in ("Skip", "NotRun"):
                skipped += 1
                reason = (test.findtext("reason") or "").strip()
                method = f"{test.get('type')}.{test.get('method')}"
                if any(fnmatch.fnmatchcase(method, pattern) for pattern in patterns):
                    print(f"skipped as expected: {name}: {reason}")
                else:
                    failures.append(f"skipped, and not in {skips}: {name}: {reason}")
            else:
                failures.append(name)
    if not passed and not failures:
        failures.append("no test ran")
    for failure in failures:
        print(f"failed: {failure}")
    print(f"{passed} passed, {len(failures)} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failures else 0


sys.exit(main(*sys.argv[1:]))
