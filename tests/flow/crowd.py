#!/usr/bin/python3
"""Many jobs, from many processes, at random; see crowd.bats.

crowd.py FOLDER JOBS SEED     prints what was wrong, if anything, and what there was
"""
import glob, json, os, random, signal, subprocess, sys, time
from lab import FINAL, Lab, Wrong, adopt_orphans

WORKERS = 8
GROUPS = ["a", "b", "site/main"]
# What a job does; most end by themselves.
WORK = ["true", "exit 3", "head -c 200000 /dev/zero", "sleep 0.05", "(sleep 60 & setsid sleep 60 &)", "sleep 30"]
STARTS = [
    [], [], ["--group", "{group}", "--parallel", "3"], ["--group", "{group}", "--busy", "cancel-oldest"],
    ["--group", "{group}", "--busy", "reject"], ["--retry", "1", "--retry-delay", "20ms"],
    ["--after", "{other}:any"], ["--timeout", "300ms", "--grace", "50ms"], ["--result", "spool"],
    ["--sandbox", "default"], ["--log-index"], ["--pids", "50", "--limits", "best-effort"],
]
# What is done to one that is there, and how it may end: with any status of runjob(1)'s.
ACTIONS = [
    ["stop", "--grace", "50ms"], ["stop"], ["pause"], ["resume"], ["tail"], ["remove"], ["attach", "{id}", "true"],
    ["usage"], ["show"], ["why"], ["debug", "-o", "/dev/null"], ["queue"], ["list"], ["prune", "--older-than", "1s"],
    ["again"], ["follow"],
]
REFUSED = {0, 1, 75, 126, 127, 143, 137}


class Worker:
    """One of the processes: it starts its share of the jobs, and meddles with anybody's."""

    def __init__(self, lab, number, jobs, seed):
        self.lab, self.number, self.jobs = lab, number, jobs
        self.dice = random.Random(f"{seed}:{number}")
        self.followers = []

    def call(self, *argv):
        # What is attached to one that is paused is paused, too.
        limit = "2" if argv[0] == "attach" else "60"
        done = subprocess.run(["timeout", "-s", "KILL", limit, "runjob", *argv], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.lab.dir, env=self.lab.env,
                              check=False)
        if argv[0] == "attach" and done.returncode == -signal.SIGKILL:
            return ""
        if done.returncode not in REFUSED:
            note = done.stderr.decode()
            # Whom it was to come after may be gone, and the sandbox has not all everywhere.
            if not (done.returncode == 65 and "to come after" in note):
                raise Wrong(f"runjob {' '.join(argv)}: status {done.returncode}: {note}")
        return done.stdout.decode()

    def others(self):
        found = glob.glob(f"{self.lab.state}/jobs/{'0' * 64}/*-*-*-*-*")
        return [os.path.basename(path) for path in found]

    def start(self):
        others = self.others()
        options = self.dice.choice(STARTS)
        if "{other}:any" in options and not others:
            options = []
        words = [word.format(group=self.dice.choice(GROUPS), other=self.dice.choice(others or ["?"]))
                 for word in options]
        work = self.dice.choice(WORK)
        out = self.call("start", *words, "--", "sh", "-c", f'echo "$HOOKTOOLS_JOB_ID" >>{self.lab.ran}; {work}')
        for number in out.split():
            with open(f"{self.lab.dir}/promised", "a") as file:
                file.write(number + "\n")

    def meddle(self):
        others = self.others()
        if not others:
            return
        action, number = self.dice.choice(ACTIONS), self.dice.choice(others)
        if action == ["follow"]:
            self.followers.append(subprocess.Popen(
                ["runjob", "tail", "-f", number], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, env=self.lab.env))
        elif action[0] in ("queue", "list", "prune"):
            self.call(*action)
        elif "{id}" in action:
            self.call(*[word.format(id=number) for word in action])
        else:
            self.call(*action, number)

    def run(self):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        while self.jobs:
            self.start()
            self.jobs -= 1
            for _ in range(self.dice.randrange(3)):
                self.meddle()
        for follower in self.followers:
            follower.kill()
            follower.wait()


def share(lab, number, jobs, seed):
    """A process of its own; its exit status tells."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        Worker(lab, number, jobs, seed).run()
        status = 0
    except Wrong as wrong:
        print(f"process {number}: {wrong}", flush=True)
    finally:
        os._exit(status)


def mounts(folder):
    """But for those in the folders of other tests, which come and go."""
    with open("/proc/self/mounts") as file:
        places = [line.split()[1] for line in file]
    return {place for place in places if place.startswith(folder) or "bats" not in place}


def finish(lab):
    """Let go what was paused, and stop what would run on."""
    deadline = time.monotonic() + 120
    while True:
        left = [number for number, status in lab.statuses().items() if status["state"] not in FINAL]
        if not left:
            return
        if time.monotonic() > deadline:
            raise Wrong(f"these do not end: {left}")
        for number in left:
            lab.call("runjob", "stop", "--grace", "10ms", number, check=1)


def check(lab):
    statuses = lab.check()
    with open(f"{lab.dir}/promised") as file:
        promised = set(file.read().split())
    for number in set(statuses) - promised:
        # The one that started it was told so; what `again` made is known to nobody else.
        if "again" not in json.load(open(f"{lab.state}/jobs/{'0' * 64}/{number}/spec.json")):
            raise Wrong(f"{number} was promised to nobody")
    return statuses, promised


def main():
    folder, jobs, seed = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    adopt_orphans()
    begin, before = time.monotonic(), mounts(folder)
    with Lab(folder) as lab:
        pids = [share(lab, n, jobs // WORKERS + (n < jobs % WORKERS), seed) for n in range(WORKERS)]
        bad = [pid for pid in pids if os.waitpid(pid, 0)[1]]
        finish(lab)
        if not lab.settle(20):
            raise Wrong(f"these are left: {lab.family()}")
        statuses, promised = check(lab)
        if bad:
            raise Wrong(f"{len(bad)} processes failed")
        if left := mounts(folder) - before:
            raise Wrong(f"these are still mounted: {left}")
        with open(f"{lab.dir}/ran") as file:
            ran = file.read().split()
        if extra := [one for one in set(ran) if ran.count(one) > statuses.get(one, {"attempts": 2})["attempts"]]:
            raise Wrong(f"these ran more often than they were begun: {extra}")
        states = [status["state"] for status in statuses.values()]
        lab.call("runjob", "prune", "--keep", "0")
        if left := glob.glob(f"{lab.state}/jobs/{'0' * 64}/[0-9a-f]*"):
            raise Wrong(f"{left} is not pruned")
    print(f"{len(promised)} promised, {len(statuses)} there at the end, {len(ran)} begun, "
          f"{ {state: states.count(state) for state in sorted(set(states))} }, "
          f"{time.monotonic() - begin:.1f} s")


try:
    main()
except Wrong as wrong:
    print(wrong)
    sys.exit(1)
