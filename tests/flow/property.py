#!/usr/bin/python3
"""hookroute under random kills and failures; see property.bats.

property.py run DIR EVENTS SEED       prints what was wrong, if anything
property.py consumer DIR NAME SEED    a consumer of hookpipe(7) with moods
"""
import collections, glob, hashlib, json, os, random, signal, subprocess, sys, time

LANES = 40
ROUTE = """
.payload.n as $n | {to: "lane", send: {n: $n}, lane: "\\($n % 40)"},
if $n % 2 == 0 then {to: "even", send: {n: $n}} else empty end,
if $n % 5 == 0 then {to: "five", send: {n: $n}, with: "payload"} else empty end
"""
TRIES = " ".join(["10ms"] * 8 + ["100ms"] * 16)
SPOOL = os.path.join(os.environ.get("HOOKTOOLS_STATE", ""), "spool")


def chance(seed, *words):
    text = ":".join(str(word) for word in (seed,) + words)
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) / 2**32


def note(path, text):
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(fd, text.encode())
    os.close(fd)


def reply(value):
    os.write(1, (json.dumps(value) + "\n").encode())


def consumer(folder, name, seed):
    note(f"{folder}/pids", f"{os.getpid()}\n")
    mood = random.Random(f"{seed}:{name}:{os.getpid()}")
    seen = os.open(f"{folder}/seen.{name}", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for line in sys.stdin.buffer:
        n = json.loads(line)["n"]
        os.write(seen, f"{n}\n".encode())
        luck = mood.random()
        if chance(seed, name, n) < 0.01:
            reply({"ok": False, "error": {"kind": "permanent", "message": "never"}})
        elif luck < 0.04:
            error = {"kind": "temporary", "message": "not now"}
            reply({"ok": False, "error": {**error, "retry_after": 0} if luck < 0.02 else error})
        elif luck < 0.045:
            os.kill(os.getpid(), signal.SIGKILL)  # the reply is lost
        elif luck < 0.05:
            reply({"ok": True})
            sys.exit(3)
        else:
            reply({"ok": True})


def wanted(n):
    """The consumers of event n."""
    return ["lane"] + ["even"] * (n % 2 == 0) + ["five"] * (n % 5 == 0)


def configure(folder, seed):
    conf = os.environ["HOOKTOOLS_CONF"]
    with open(f"{conf}/routes.d/all.jq", "w") as file:
        file.write(ROUTE)
    for name in ("lane", "even", "five"):
        with open(f"{conf}/consumers.d/{name}.json", "w") as file:
            json.dump({"exec": [sys.executable, __file__, "consumer", folder, name, seed],
                       "timeout": "20s", "retry": TRIES}, file)


class Routers:
    def __init__(self, folder):
        self.log = open(f"{folder}/log", "ab")
        self.running = []

    def start(self):
        self.running.append(subprocess.Popen(["hookroute", "run", "-j", "200"], stderr=self.log))

    def kill(self, number, sign):
        router = self.running.pop(number)
        router.send_signal(sign)
        router.wait()


def put(first, last):
    lines = "".join(json.dumps({"n": n}) + "\n" for n in range(first, last))
    subprocess.run(["hookroute", "put", "--event", "push", "--name", "acme/site"],
                   input=lines.encode(), stdout=subprocess.DEVNULL, check=True)


def kill_consumer(folder, dice):
    try:
        with open(f"{folder}/pids") as file:
            pids = file.read().split()
    except FileNotFoundError:
        return
    # Of the newest: an old number may be somebody else's by now.
    pid = int(dice.choice(pids[-6:]))
    try:
        with open(f"/proc/{pid}/cmdline") as file:
            if "property.py" in file.read():
                os.kill(pid, signal.SIGKILL)
    except (FileNotFoundError, ProcessLookupError):
        pass


def files(*states):
    return [name for state in states for name in os.listdir(f"{SPOOL}/{state}")
            if len(name) == 36]


def act(routers, folder, dice):
    action = dice.random()
    if action < 0.25:
        routers.kill(dice.randrange(2), signal.SIGKILL)
        routers.start()
    elif action < 0.3:
        routers.kill(dice.randrange(2), signal.SIGTERM)
        routers.start()
    elif action < 0.7:
        kill_consumer(folder, dice)
    time.sleep(dice.uniform(0, 0.3))


def drive(folder, events, seed):
    dice = random.Random(seed)
    routers = Routers(folder)
    routers.start()
    routers.start()
    try:
        n = 1
        while n <= events:
            count = min(dice.choice([1, 3, 20, 100, 300]), events + 1 - n)
            put(n, n + count)
            n += count
            act(routers, folder, dice)
        for _ in range(10):
            act(routers, folder, dice)
        end = time.time() + 60 + events / 20
        while files("new", "cur", "defer") and time.time() < end:
            time.sleep(0.5)
            hurry()
    finally:
        while routers.running:
            routers.kill(0, signal.SIGTERM)


def hurry():
    """What a router that is dead kept back for a slow consumer comes minutes later."""
    for name in files("defer"):
        try:
            os.utime(f"{SPOOL}/defer/{name}")
        except FileNotFoundError:
            pass


def read_seen(folder, name):
    try:
        with open(f"{folder}/seen.{name}") as file:
            return [int(line) for line in file]
    except FileNotFoundError:
        return []


def read_dead():
    """Which deliveries were given up: their consumer and number."""
    dead = set()
    for path in glob.glob(f"{SPOOL}/dead/*.why"):
        with open(path) as file:
            for line in file:
                why = json.loads(line)
                dead.add((why["to"], why["send"]["n"]))
    return dead


def check_order(seen):
    """The first sight of each in its lane ascends."""
    known, last = set(), collections.Counter()
    for n in seen:
        if n in known:
            continue
        known.add(n)
        if n < last[n % LANES]:
            yield f"lane {n % LANES}: {n} came after {last[n % LANES]}"
        last[n % LANES] = max(last[n % LANES], n)


def check_marks():
    """No delivery is settled twice."""
    done = collections.Counter()
    for path in glob.glob(f"{SPOOL}/log/*"):
        with open(path) as file:
            for line in file:
                entry = json.loads(line)
                if entry.get("what") in ("ok", "dead"):
                    done[entry["delivery_id"]] += 1
    if not done:
        yield "the log says nothing"
    twice = [key for key, count in done.items() if count > 1]
    if twice:
        yield f"{len(twice)} deliveries were settled twice: {twice[:3]}"


def check(folder, events):
    dead = read_dead()
    left = files("new", "cur", "defer")
    if left:
        yield f"{len(left)} files are left: {left[:3]}"
    for name in ("lane", "even", "five"):
        seen = set(read_seen(folder, name))
        for n in range(1, events + 1):
            if name in wanted(n) and n not in seen and (name, n) not in dead:
                yield f"{name} never saw {n}"
            elif name not in wanted(n) and n in seen:
                yield f"{name} saw {n}"
    yield from check_order(read_seen(folder, "lane"))
    yield from check_marks()


def run(folder, events, seed):
    start = time.time()
    configure(folder, seed)
    subprocess.run(["hookroute", "list"], stdout=subprocess.DEVNULL, check=True)
    drive(folder, int(events), seed)
    wrong = list(check(folder, int(events)))
    repeated = sum(len(seen) - len(set(seen))
                   for seen in (read_seen(folder, name) for name in ("lane", "even", "five")))
    print(f"{events} events in {time.time() - start:.0f} s, {len(read_dead())} given up, "
          f"{repeated} tried again, seed {seed}")
    for line in wrong[:20]:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit({"run": run, "consumer": consumer}[sys.argv[1]](*sys.argv[2:]))
