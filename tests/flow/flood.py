#!/usr/bin/python3
"""Many events at once become jobs of one group; see flood.bats.

flood.py FOLDER EVENTS SUPERVISORS     prints what was wrong, if anything, and what it took; at most
                                       so many supervisors may be there at a time
"""
import json, os, sys, threading, time
from lab import Lab, Wrong, adopt_orphans

PARALLEL = 4
ROUTE = """
include "hooktools";
on("push") | job({{name: "one of many", dir: "{dir}", group: "site", parallel: {parallel},
	exec: ["/bin/sh", "-c", "line=$(cat); echo \\"$line\\" >>ran"]}}; "payload")
"""


class Meter(threading.Thread):
    """The most processes there were at a time, and the most memory the keeper had."""

    def __init__(self, lab):
        super().__init__(daemon=True)
        self.lab, self.most, self.supervisors, self.keeper_kb = lab, 0, 0, 0

    def run(self):
        while True:
            family = self.lab.family()
            self.most = max(self.most, len(family))
            self.supervisors = max(self.supervisors, sum(name == "runjob-shim" for name in family.values()))
            for pid in [pid for pid, name in family.items() if name == "runjob-queue"]:
                self.keeper_kb = max(self.keeper_kb, self.resident_kb(pid))
            time.sleep(0.2)

    @staticmethod
    def resident_kb(pid):
        try:
            with open(f"/proc/{pid}/statm") as file:
                return int(file.read().split()[1]) * 4
        except (FileNotFoundError, ProcessLookupError):
            return 0


def flood(lab, events, supervisors):
    os.makedirs(f"{lab.dir}/conf/routes.d")
    with open(f"{lab.dir}/conf/routes.d/all.jq", "w") as file:
        file.write(ROUTE.format(dir=lab.dir, parallel=PARALLEL))
    lab.call("hookroute", "put", "--event", "push", "--name", "acme/site", lines=[{"n": n} for n in range(events)])
    meter, begin = Meter(lab), time.monotonic()
    meter.start()
    lab.call("hookroute", "drain")
    routed = time.monotonic() - begin
    if not lab.settle(120 + events // 20):
        raise Wrong(f"they do not end: {len(lab.family())} processes")
    took = time.monotonic() - begin
    states = [status["state"] for status in lab.check().values()]
    with open(f"{lab.dir}/ran") as file:
        ran = sorted(json.loads(line)["n"] for line in file)
    if ran != list(range(events)):
        raise Wrong(f"{len(ran)} ran of {events}, {len(set(ran))} of them different")
    if states != ["ok"] * events:
        raise Wrong(f"{events - states.count('ok')} did not end well")
    if meter.supervisors > supervisors or meter.most > 4 * PARALLEL + 40:
        raise Wrong(f"{meter.supervisors} supervisors, {meter.most} processes at a time")
    print(f"{events} events: routed in {routed:.1f} s, all done in {took:.1f} s; at a time {meter.most} processes "
          f"and {meter.supervisors} supervisors at most, the keeper had {meter.keeper_kb} kB")


def main():
    adopt_orphans()
    with Lab(sys.argv[1]) as lab:
        flood(lab, int(sys.argv[2]), int(sys.argv[3]))


try:
    main()
except Wrong as wrong:
    print(wrong)
    sys.exit(1)
