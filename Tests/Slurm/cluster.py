"""A Slurm cluster of two nodes on this machine, in a folder of its own: munge, a controller, and a slurmd for each node."""
import os, pwd, shutil, signal, socket, subprocess, tempfile, time


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Cluster:
    nodes = ("node1", "node2")

    def __init__(self):
        # Short: a socket's path has 107 bytes at most. Outside of the checkout, where munge's user may not go.
        self.folder = tempfile.mkdtemp(prefix="larmor-slurm-", dir="/tmp")
        os.chmod(self.folder, 0o755)
        self.programs = {}
        self.ports = free_ports(3)
        self.environment = dict(os.environ, SLURM_CONF=self.folder + "/slurm.conf")
        for name in ("state", "logs", "munge", "spool"):
            os.mkdir(f"{self.folder}/{name}")
        host = socket.gethostname().split(".")[0]
        nodes = "\n".join(
            f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs=1 RealMemory=500"
            for node, port in zip(self.nodes, self.ports[1:]))
        with open(self.folder + "/slurm.conf", "w") as file:
            file.write(f"""ClusterName=larmor
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={self.ports[0]}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={self.folder}/munge/socket
CredType=cred/munge
StateSaveLocation={self.folder}/state
SlurmdSpoolDir={self.folder}/spool/%n
SlurmctldPidFile={self.folder}/slurmctld.pid
SlurmdPidFile={self.folder}/slurmd-%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=2
ReturnToService=2
SlurmdTimeout=5
SlurmctldTimeout=10
MessageTimeout=5
InactiveLimit=0
KillWait=2
MpiDefault=none
SwitchType=switch/none
JobCompType=jobcomp/none
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
{nodes}
PartitionName=short Nodes=ALL Default=YES MaxTime=INFINITE State=UP
""")

    def _run(self, name, words):
        log = open(f"{self.folder}/logs/{name}.log", "ab")
        self.programs[name] = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment, start_new_session=True)

    def start(self):
        munge = self.folder + "/munge"
        with open(munge + "/key", "wb") as key:
            key.write(os.urandom(128))
        os.chmod(munge + "/key", 0o600)
        words = ["munged", "--foreground", "--force", f"--key-file={munge}/key", f"--socket={munge}/socket", f"--pid-file={munge}/pid",
                 f"--log-file={munge}/log", f"--seed-file={munge}/seed"]
        if os.geteuid() == 0:
            user = pwd.getpwnam("munge")
            for name in (munge, munge + "/key"):
                os.chown(name, user.pw_uid, user.pw_gid)
            words = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"] + words
        self._run("munged", words)
        self.wait(lambda: os.path.exists(munge + "/socket"), 20, "munge")
        self.start_controller()
        for node in self.nodes:
            self.start_node(node)
        self.wait_until_idle()

    def start_controller(self):
        self._run("slurmctld", ["slurmctld", "-D"])

    def start_node(self, node):
        os.makedirs(f"{self.folder}/spool/{node}", exist_ok=True)
        self._run(node, ["slurmd", "-D", "-N", node])

    def wait_until_idle(self):
        self.wait(lambda: self.call("sinfo", "--noheader", "--Node", "--format=%N %t").count(" idle") == 2, 60, "two idle nodes")

    def call(self, *words):
        return subprocess.run(words, env=self.environment, capture_output=True, text=True, timeout=60).stdout

    def wait(self, condition, seconds, what):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"{what}: not there after {seconds} s\n{self.logs()}")
            time.sleep(0.1)

    def logs(self):
        text = ""
        for name in sorted(os.listdir(self.folder + "/logs")):
            with open(f"{self.folder}/logs/{name}", errors="replace") as file:
                text += f"-- {name}\n" + "".join(file.readlines()[-15:])
        return text

    def kill(self, name):
        """Ends a program as a power cut does."""
        program = self.programs.pop(name)
        program.kill()
        program.wait()

    def kill_node(self, node):
        self.kill(node)
        for pid in self.processes_of(node):
            kill(pid)

    def resume_drained(self):
        """What an administrator does: Slurm takes a node out of use when a controller that was killed gives a job's number twice."""
        for node in self.nodes:
            if "drain" in self.call("sinfo", "--noheader", "--nodes=" + node, "--format=%t"):
                self.call("scontrol", "update", "NodeName=" + node, "State=RESUME")

    def processes_of(self, node):
        """Tasks on a node, with what started and what they started."""
        own = [pid for pid in pids() if f"SLURMD_NODENAME={node}" in environment_of(pid) and self.folder in " ".join(environment_of(pid))]
        above = [parent_of(pid) for pid in own]
        return sorted(set(own) | {pid for pid in above if "slurmstepd" in command_of(pid)})

    def stop(self):
        self.call("scancel", "--user=" + pwd.getpwuid(os.geteuid()).pw_name)
        for node in self.nodes:
            for pid in self.processes_of(node):
                kill(pid)
        for name in list(self.programs)[::-1]:
            program = self.programs[name]
            program.terminate()
            try:
                program.wait(10)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _read(pid, name):
    try:
        with open(f"/proc/{pid}/{name}", "rb") as file:
            return file.read().decode(errors="replace")
    except OSError:
        return ""


def environment_of(pid):
    return _read(pid, "environ").split("\0")


def command_of(pid):
    return _read(pid, "cmdline").replace("\0", " ")


def parent_of(pid):
    text = _read(pid, "stat")
    return int(text.rsplit(")", 1)[1].split()[1]) if text else 0
