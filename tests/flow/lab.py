"""Jobs in a world of their own: a state folder, a cgroup where there is one, and whoever loses
its parent comes to us.  For steps.py and crowd.py."""
import collections, ctypes, glob, json, os, shutil, signal, subprocess, time

FINAL = {"ok", "failed", "timeout", "cancelled", "oom", "lost", "skipped"}
PR_SET_CHILD_SUBREAPER = 36


class Wrong(Exception):
    pass


def adopt_orphans():
    """Supervisors and keepers, and what a dead supervisor leaves, become our children."""
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError("no subreaper")

    def late(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, late)


def cgroup_top():
    """Where cgroups of version 2 are, if we may make some."""
    with open("/proc/mounts") as file:
        for line in file:
            _, path, kind = line.split()[:3]
            if kind == "cgroup2" and os.access(path, os.W_OK) and os.geteuid() == 0:
                return path
    return None


def id_of(number):
    return f"01a00000-0000-7000-8000-{number:012d}"


class Lab:
    def __init__(self, folder, grouped=True, **settings):
        self.dir = folder
        self.state = f"{folder}/state"
        self.queue = f"{self.state}/jobs/.queue"
        self.ran = f"{folder}/ran"
        top = cgroup_top() if grouped else None
        self.cgroup = f"{top}/lab-{os.getpid()}-{os.path.basename(folder)}" if top else None
        self.env = {**os.environ, "HOOKTOOLS_STATE": self.state, "HOOKTOOLS_CONF": f"{folder}/conf",
                    "HOOKTOOLS_RUN": f"{folder}/run", "HOOKTOOLS_CGROUP": self.cgroup or "no",
                    "HOME": folder, **settings}

    def __enter__(self):
        os.makedirs(self.dir)
        for name in ("state", "conf", "run"):
            os.mkdir(f"{self.dir}/{name}")
        if self.cgroup:
            os.mkdir(self.cgroup)
        return self

    def __exit__(self, kind, *_):
        self.kill_all()
        if self.cgroup:
            for path, _, _ in os.walk(self.cgroup, topdown=False):
                os.rmdir(path)
        if kind is None:
            shutil.rmtree(self.dir)

    def call(self, *argv, lines=(), extra=None, check=True):
        """Run it to its end: its exit status, and its output as a text."""
        text = "".join(json.dumps(line) + "\n" for line in lines)
        with open(f"{self.dir}/err", "a") as err:
            done = subprocess.run(argv, input=text.encode(), stdout=subprocess.PIPE, stderr=err,
                                  cwd=self.dir, env={**self.env, **(extra or {})}, check=False)
        if check and done.returncode not in (0, *([1] if check == 1 else [])):
            raise Wrong(f"{argv}: status {done.returncode}")
        return done.returncode, done.stdout.decode()

    def job(self, number, script="", **more):
        """A specification: it writes down that it ran, and does what the script says."""
        return {"id": id_of(number), "name": f"job {number}", "dir": self.dir,
                "exec": ["/bin/sh", "-c", f"echo {number} >>{self.ran}; {script}"], **more}

    def has_run(self):
        """How often each number was written down."""
        try:
            with open(self.ran) as file:
                return collections.Counter(int(line) for line in file)
        except FileNotFoundError:
            return collections.Counter()

    def settle(self, limit=10, or_killed=False):
        """Until nobody of ours lives, or somebody was killed; False when that takes too long."""
        signal.setitimer(signal.ITIMER_REAL, limit)
        try:
            while True:
                _, status = os.waitpid(-1, 0)
                if or_killed and os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
                    return True
        except ChildProcessError:
            return True
        except TimeoutError:
            return False
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def family(self):
        """All that descend from us and live."""
        with os.scandir("/proc") as entries:
            numbers = [entry.name for entry in entries if entry.name.isdigit()]
        parents = {}
        for number in numbers:
            try:
                with open(f"/proc/{number}/stat") as file:
                    name, _, rest = file.read().rpartition(")")
                state, parent = rest.split()[:2]
                if state != "Z":
                    parents[int(number)] = (int(parent), name.partition("(")[2])
            except (FileNotFoundError, ProcessLookupError):
                pass
        ours = {os.getpid()}
        size = 0
        while size != len(ours):
            size = len(ours)
            ours |= {pid for pid, (parent, _) in parents.items() if parent in ours}
        return {pid: parents[pid][1] for pid in ours - {os.getpid()}}

    def bury_children(self):
        """Until what a supervisor that was killed had forked, and not begun, has ended, too; a
        supervisor that is no leader of a session looks the same, and is not waited for long."""
        for _ in range(10):
            names = self.family()
            if not any(name == "runjob-shim" and self.session_of(pid) != pid
                       for pid, name in names.items()):
                return
            time.sleep(0.01)

    @staticmethod
    def session_of(pid):
        try:
            return os.getsid(pid)
        except ProcessLookupError:
            return pid

    def kill_all(self):
        while family := self.family():
            for pid in family:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.settle(5)

    def statuses(self):
        found = {}
        for folder in glob.glob(f"{self.state}/jobs/*/*-*-*-*-*/"):
            try:
                with open(f"{folder}/status.json") as file:
                    found[folder.split("/")[-2]] = json.load(file)
            except FileNotFoundError:
                raise Wrong(f"'{folder}' has no status: {os.listdir(folder)}") from None
        return found

    def check(self):
        """What must be so when all is over; returns the statuses."""
        statuses = self.statuses()
        for number, status in statuses.items():
            if status["state"] not in FINAL:
                raise Wrong(f"{number} is {status['state']}")
        self.check_results(statuses)
        self.check_rests()
        return statuses

    def check_results(self, statuses):
        last, seen = {}, collections.Counter()
        for path in glob.glob(f"{self.state}/jobs/*/.results"):
            with open(path) as file:
                for line in file:
                    status = json.loads(line)
                    last[status["id"]] = status["state"]
                    seen[status["id"]] += 1
        for number, status in statuses.items():
            if last.get(number) != status["state"]:
                raise Wrong(f"{number} is {status['state']}, its result {last.get(number)}")
            # Its supervisor was killed just as it ended; see runjob(1).
            if seen[number] > 2:
                raise Wrong(f"{number} has {seen[number]} results")

    def check_rests(self):
        for path in glob.glob(f"{self.queue}/waiting*") + glob.glob(f"{self.queue}/after/*") + \
                glob.glob(f"{self.queue}/groups/*/*") + glob.glob(f"{self.queue}/groups/*"):
            raise Wrong(f"'{path}' is left")
        for path, folders, _ in os.walk(self.cgroup or f"{self.dir}/none"):
            if path.count("/") > self.cgroup.count("/") + 2:
                raise Wrong(f"cgroup '{path}' is left")
