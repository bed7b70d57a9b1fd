#!/usr/bin/python3
"""kill -9 at each step of the queue; see steps.bats.

steps.py FOLDER CRASH.SO STRIDE SEED [SCENARIO...]     prints what was wrong, if anything
"""
import json, os, random, signal, sys
from lab import FINAL, Lab, Wrong, adopt_orphans, id_of

HOLDER, FIRST, SECOND, THIRD = 1, 2, 3, 4
ONE_PLACE = {"HOOKTOOLS_JOBS_MAX": "1"}


class Round:
    """One crash: in this program, before this step of it."""

    def __init__(self, lab, library, program, turn, step):
        self.lab = lab
        self.count_file = f"{lab.dir}/count"
        self.crash = {"LD_PRELOAD": library, "CRASH_PROGRAM": program, "CRASH_AT": str(step), "CRASH_ALL": "1",
                      "CRASH_TURNS": f"{lab.dir}/turns", "CRASH_TURN": str(turn),
                      "CRASH_COUNT": self.count_file}
        self.repeat = step % 2 == 1
        self.was_told = set()

    def start(self, *jobs, crash=True):
        """runjob start -, in which it may happen; remembers whose reply was ok."""
        _, out = self.lab.call("runjob", "start", "-", lines=jobs, check=False,
                               extra=self.crash if crash else None)
        replies = [json.loads(line) for line in out.splitlines()]
        self.was_told |= {reply["id"] for reply in replies if reply["ok"]}
        return replies

    def recover(self, crash=False):
        self.lab.call("runjob", "recover", check=not crash, extra=self.crash if crash else None)

    def hold(self, **more):
        """A job that runs until let_go."""
        os.mkfifo(f"{self.lab.dir}/hold")
        job = self.lab.job(HOLDER, "read x <hold", **more)
        self.start(job, crash=False)
        self.fifo = open(f"{self.lab.dir}/hold", "w")  # once it is at it

    def let_go(self):
        try:
            self.fifo.write("go\n")
            self.fifo.close()
        except BrokenPipeError:
            pass  # it was stopped

    def count(self):
        try:
            with open(self.count_file) as file:
                return int(file.read() or 0)
        except FileNotFoundError:
            return 0

    def end(self, *repeated):
        """Whatever was left is put right, by whom it is asked for again, or by recover alone."""
        self.lab.settle(2, or_killed=True)
        if self.crash["CRASH_PROGRAM"] == "runjob-shim":
            self.lab.bury_children()
        if self.repeat and repeated:
            self.start(*repeated, crash=False)
        self.recover()
        if not self.lab.settle():
            raise Wrong(f"it does not end: {self.lab.family()}")
        statuses = self.lab.check()
        for number in self.was_told - set(statuses):
            raise Wrong(f"{number} was promised, and is not there")
        return {int(number[-12:], 16): status["state"] for number, status in statuses.items()}

    def ran(self, number, most=1, least=None):
        times = self.lab.has_run()[number]
        if not (most if least is None else least) <= times <= most:
            raise Wrong(f"job {number} ran {times} times")


def must(states, number, *wanted):
    if states.get(number) not in wanted:
        raise Wrong(f"job {number} is {states.get(number)}, not {wanted}")


def starter(round):
    """runjob start - of jobs that have to wait."""
    round.hold(group="g")
    jobs = [round.lab.job(FIRST, group="g"), round.lab.job(SECOND, group="g", after=[id_of(FIRST)])]
    round.start(*jobs)
    round.let_go()
    states = round.end(*jobs)
    for number in (FIRST, SECOND):
        if round.repeat or number in states:
            must(states, number, "ok")
            round.ran(number)


def asker(round):
    """runjob start COMMAND, which nobody repeats."""
    round.hold()
    script = f"echo {FIRST} >>{round.lab.ran}"
    _, out = round.lab.call("runjob", "start", "sh", "-c", script, check=False, extra=round.crash)
    round.was_told |= set(out.split())
    round.let_go()
    states = round.end()
    round.ran(FIRST, 1, 1 if out.endswith("\n") else 0)
    if set(states.values()) != {"ok"}:
        raise Wrong(f"{states}")


def keeper(round):
    """The one process that starts what waits."""
    round.hold(group="g")
    round.start(*[round.lab.job(n, group="g") for n in (FIRST, SECOND)],
                round.lab.job(THIRD, after=[id_of(SECOND)]))
    round.let_go()
    states = round.end()
    for number in (FIRST, SECOND, THIRD):
        must(states, number, "ok")
        round.ran(number)


def supervisor(round):
    """Of jobs in a group, after others, and with a retry: each dies at that step."""
    jobs = [round.lab.job(FIRST, group="g"),
            round.lab.job(SECOND, group="g", after=[f"{id_of(FIRST)}:any"]),
            round.lab.job(THIRD, "exit 9", group="g", retry={"times": 1, "delay": "10ms", "on": ["failed"]})]
    round.start(*jobs)
    states = round.end(*jobs)
    must(states, FIRST, "ok", "lost")
    must(states, SECOND, "ok", "lost")
    must(states, THIRD, "failed", "lost")
    for number in (FIRST, SECOND):
        round.ran(number, 1, 1 if states[number] == "ok" else 0)
    round.ran(THIRD, 2, 2 if states[THIRD] == "failed" else 0)


def retries(round):
    """One that is tried again whatever happens keeps the log of each attempt that ended."""
    script = '[ "$(wc -l <ran)" -ge 3 ] && exit 0; echo "attempt $(wc -l <ran)"; exit 9'
    job = round.lab.job(FIRST, script, retry={"times": 5, "delay": "10ms"})
    round.start(job)
    must(round.end(job), FIRST, "ok")
    folder = f"{round.lab.state}/jobs/{'0' * 64}/{id_of(FIRST)}"
    with open(f"{folder}/attempts") as file:
        attempts = [json.loads(line) for line in file]
    if [attempt["attempts"] for attempt in attempts] != list(range(1, len(attempts) + 1)):
        raise Wrong(f"the attempts are {attempts}")
    # Signal 9: it was the job's own process that died, before it was the job.
    lost = [attempt for attempt in attempts if attempt["state"] == "lost" or attempt["signal"] == 9]
    round.ran(FIRST, 3 + len(lost), 3)
    for attempt in attempts:
        with open(f"{folder}/log.{attempt['attempts']}") as file:
            if attempt not in lost and not file.read().startswith("attempt "):
                raise Wrong(f"the log of this attempt is lost: {attempt}")


def busy(what):
    def scenario(round):
        round.hold(group="g")
        job = round.lab.job(FIRST, group="g", busy=what, name="job 1")
        round.start(job)
        # Whoever died before it had stopped the others has them stopped by nobody else.
        if what == "reject" or not round.repeat:
            round.let_go()
        states = round.end(job)
        if what != "reject":
            must(states, HOLDER, "cancelled", *([] if round.repeat else ["ok"]))
        if round.repeat or FIRST in states:
            must(states, FIRST, "ok")
            round.ran(FIRST)
    scenario.__doc__ = f"A group that is full: {what}."
    return scenario


def stop(round):
    """runjob stop of one that waits."""
    round.hold(group="g")
    round.start(round.lab.job(FIRST, group="g"), crash=False)
    # Without the supervisor that it started it waits for the job's turn.
    round.lab.call("timeout", "2", "runjob", "stop", id_of(FIRST), check=False, extra=round.crash)
    round.let_go()
    states = round.end()
    must(states, FIRST, "cancelled", "ok")
    round.ran(FIRST, 1, 1 if states[FIRST] == "ok" else 0)


def recovery(round):
    """runjob recover after a power cut of sorts: all died."""
    lab = round.lab
    round.hold(group="g")
    round.start(lab.job(FIRST, group="g"), lab.job(SECOND, after=[id_of(HOLDER) + ":any"]),
                lab.job(THIRD, group="h"), crash=False)
    for pid, name in lab.family().items():
        if name in ("runjob-shim", "runjob-queue"):
            os.kill(pid, signal.SIGKILL)
    os.makedirs(f"{lab.state}/jobs/{'0' * 64}/{id_of(9)}")
    # A power cut may take what was not synced: the first status of one that waits.
    open(f"{lab.state}/jobs/{'0' * 64}/{id_of(FIRST)}/status.json", "w").close()
    round.recover(crash=True)
    states = round.end()
    round.fifo.close()
    must(states, HOLDER, "lost")
    for number in (FIRST, SECOND):
        must(states, number, "ok")
        round.ran(number)
    must(states, THIRD, "ok", "lost")
    if 9 in states:
        raise Wrong("what was never a job is one")


# Which program dies, and which of its processes: the first, the second ...
SCENARIOS = {
    "starter": (starter, "runjob-consume", 1), "asker": (asker, "runjob", 1), "keeper": (keeper, "runjob-queue", 1),
    "supervisor": (supervisor, "runjob-shim", 4), "retries": (retries, "runjob-shim", 3),
    "reject": (busy("reject"), "runjob-consume", 1), "oldest": (busy("cancel-oldest"), "runjob-consume", 1),
    "same": (busy("cancel-same"), "runjob-consume", 1), "stop": (stop, "runjob", 1),
    "stopped": (stop, "runjob-shim", 1), "recovery": (recovery, "runjob", 1),
}


def one(folder, library, name, turn, step):
    """Returns how many steps there were, when nothing was killed."""
    scenario, program, _ = SCENARIOS[name]
    # Every other time without a cgroup: then descent is all that holds a job together.  The next
    # process has it the other way round, and with one there are more steps to count.
    grouped = step == 0 or (step // 2 + turn) % 2 == 0
    with Lab(f"{folder}/{name}-{turn}-{step}", grouped=grouped, **ONE_PLACE) as lab:
        round = Round(lab, library, program, turn, step)
        try:
            scenario(round)
        except Wrong as wrong:
            raise Wrong(f"{name}, process {turn}, step {step}: {wrong}") from None
        return round.count()


def main():
    folder, library, stride, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    dice = random.Random(seed)
    wrong = 0
    adopt_orphans()
    for name in sys.argv[5:] or SCENARIOS:
        steps = [(turn, step) for turn in range(1, SCENARIOS[name][2] + 1)
                 for step in range(1, one(folder, library, name, turn, 0) + 1)]
        killed = steps[dice.randrange(stride)::stride]
        for turn, step in killed:
            try:
                one(folder, library, name, turn, step)
            except Wrong as error:
                print(error, flush=True)
                wrong += 1
        print(f"{name}: killed at {len(killed)} of {len(steps)} steps", flush=True)
    sys.exit(1 if wrong else 0)


main()
