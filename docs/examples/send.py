"""Sends events to Referral Watch. Python 3.9 or later, nothing to install; copy it and change it.

    python send.py events.json       a list of CloudEvents, as in docs/for-agencies.md

The environment says where and by which token: INTAKE, TOKEN. What was refused is printed with its
faults, and the program ends with 1; everything else is stored for good. Run it again as often as
you like: an event is known by its `source` and `id`, and nothing happens twice.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request

BATCH = 500
LATER = (429, 502, 503, 504)
"""Not now: the same request will do in a while."""


def ask(path, content=None, media="application/cloudevents-batch+json", longest=60):
    """Return what intake answers; waits and asks again for as long as it is away."""
    request = urllib.request.Request(os.environ["INTAKE"] + path, content)
    request.add_header("Authorization", "Bearer " + os.environ["TOKEN"])
    if content is not None:
        request.add_header("Content-Type", media)
    pause = 1
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            if refused.code not in LATER:
                raise
            pause = max(pause, int(refused.headers.get("Retry-After", 0)))
        except OSError:  # no line, or it broke: whether it got there is not known, so send again
            pass
        time.sleep(pause)
        pause = min(2 * pause, longest)


def send(events):
    """Send events, and return what became of each, in order."""
    answers = []
    for start in range(0, len(events), BATCH):
        part = json.dumps(events[start : start + BATCH]).encode()
        answers += ask("/v1/events", part)["receipts"]
    return answers


def main():
    """Send the events of a file."""
    with open(sys.argv[1], encoding="utf-8") as file:
        events = json.load(file)
    answers = send(events)
    for number, answer in enumerate(answers):
        for warning in answer.get("warnings", []):
            print(number, "warning", warning["code"], warning["message"])
        for error in answer.get("errors", []):
            print(number, answer["status"], error["pointer"], error["code"], error["message"])
    refused = sum(answer["outcome"] == "rejected" for answer in answers)
    print(len(answers) - refused, "stored,", refused, "refused")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
