"""stage.py KERNEL FOLDER: boots the guest, is the far end of its serial line, plugs and unplugs, and checks what was recorded.

The Cyton is `larmor simulate cyton` on a pseudo-terminal of the host; this program carries its bytes to QEMU's USB serial adapter,
as the dongle's radio does. It plays known values, so every recorded sample is compared with what was sent.
"""
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
import tty

import speech
from values import SOUND_PERIOD, SOUND_RATE, cyton_recording, sound

KERNEL, WORK = sys.argv[1], sys.argv[2]
HERE = os.path.dirname(os.path.abspath(__file__))
LARMOR = os.path.join(HERE, "..", "..", ".build", "release", "larmor")
SHARE = os.path.join(WORK, "share")
LIMIT_S = 400

RIG = """name = "hil"

[[device]]
name = "headset"
driver = "cyton"
port = "/dev/ttyUSB0"

[[device]]
name = "board"
driver = "riglink"
port = "usb:1209:0001"

[[device]]
name = "microphone"
driver = "alsa"
port = "hw:Loopback,1,0"

[device.settings]
rate = %d
channels = 1
""" % SOUND_RATE


RECOGNIZER = """
[recognizer]
audio = "microphone.audio"
eeg = "headset.eeg"
"""


def wave(samples):
    """A mono WAV file of 16 bits."""
    data = struct.pack("<%dh" % len(samples), *samples)
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, SOUND_RATE, 2 * SOUND_RATE, 2, 16,
                       b"data", len(data))
    return head + data


class Radio:
    """Carries bytes between the simulator's pseudo-terminal and QEMU's socket; without the socket they are lost, as over the air."""

    def __init__(self, terminal, path):
        self.terminal = os.open(terminal, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.terminal)
        self.path, self.line, self.muted = path, None, False
        threading.Thread(target=self.carry_out, daemon=True).start()

    def join(self):
        line = socket.socket(socket.AF_UNIX)
        line.connect(self.path)
        self.line = line
        threading.Thread(target=self.carry_in, args=(line,), daemon=True).start()

    def cut(self):
        line, self.line = self.line, None
        line.shutdown(socket.SHUT_RDWR)
        line.close()

    def mute(self):
        """What is sent from here on is lost in the air, a dozen packets of it until the return; what was on the way has arrived."""
        self.muted = True
        time.sleep(0.05)

    def unmute(self):
        self.muted = False

    def carry_out(self):
        while True:
            try:
                data = os.read(self.terminal, 4096)
            except OSError:
                return  # The simulator has ended.
            line = self.line
            try:
                if line and not self.muted:
                    line.sendall(data)
            except OSError:
                pass

    def carry_in(self, line):
        try:
            while data := line.recv(4096):
                os.write(self.terminal, data)
        except OSError:
            pass


class Monitor:
    """QEMU's own control socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.file = self.socket.makefile("rw")
        self.file.readline()
        self.do("qmp_capabilities")

    def do(self, command, **arguments):
        self.file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.file.flush()
        while True:
            answer = json.loads(self.file.readline())
            if "error" in answer:
                raise RuntimeError("QEMU refuses %s: %s" % (command, answer["error"]["desc"]))
            if "return" in answer:
                return


def connect(make):
    for _ in range(100):
        try:
            return make()
        except (FileNotFoundError, ConnectionRefusedError):
            time.sleep(0.1)
    return make()


def start_simulator():
    recording = os.path.join(WORK, "known.txt")
    with open(recording, "w") as file:
        file.write(cyton_recording())
    simulator = subprocess.Popen([LARMOR, "simulate", "cyton", "--recording", recording, "--json"], stdout=subprocess.PIPE)
    return simulator, json.loads(simulator.stdout.readline())["address"]


def start_guest():
    line, monitor = os.path.join(WORK, "line"), os.path.join(WORK, "monitor")
    guest = subprocess.Popen(
        ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "2048", "-nographic", "-no-reboot",
         "-kernel", KERNEL, "-initrd", os.path.join(WORK, "initramfs.cpio"),
         "-append", "console=ttyS0 quiet panic=-1 larmor_script=" + os.path.join(HERE, "guest"),
         "-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap",
         "-virtfs", "local,path=%s,mount_tag=share,security_model=none" % SHARE,
         "-device", "qemu-xhci,id=bus", "-chardev", "socket,id=line,path=%s,server=on,wait=off" % line,
         "-device", "usb-serial,chardev=line,id=dongle", "-qmp", "unix:%s,server=on,wait=off" % monitor, "-serial", "mon:stdio"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return guest, line, monitor


def play(guest, radio, monitor):
    """Follows the guest's console to its end."""
    # A byte that reaches QEMU's usb-serial on its way out ends QEMU (a null pointer in usb_wakeup).
    acts = {
        "@cut": [radio.cut],
        "@join": [radio.join],
        "@unplug": [radio.mute, lambda: monitor.do("device_del", id="dongle")],
        "@plug": [lambda: monitor.do("device_add", driver="usb-serial", chardev="line", id="dongle"), radio.unmute],
    }
    with open(os.path.join(WORK, "console.txt"), "w") as log:
        for raw in guest.stdout:
            text = raw.decode(errors="replace").strip()
            log.write(text + "\n")
            log.flush()
            if text.startswith("@say "):
                print("guest", text[5:], flush=True)
            elif text in acts:
                for act in acts[text]:
                    act()


def main():
    with open(os.path.join(SHARE, "rig.toml"), "w") as file:
        file.write(RIG)
    with open(os.path.join(SHARE, "sound.wav"), "wb") as file:
        file.write(wave(sound(240 * SOUND_RATE // SOUND_PERIOD)))
    with open(os.path.join(SHARE, "words.toml"), "w") as file:
        file.write(RIG + RECOGNIZER)
    begin = time.time()
    strip, words = speech.prepare(LARMOR, WORK, os.path.join(SHARE, "model"))
    with open(os.path.join(SHARE, "speech.wav"), "wb") as file:
        file.write(wave(strip))
    with open(os.path.join(SHARE, "spoken.json"), "w") as file:
        json.dump(words, file)
    print("speech and model took %.0f s" % (time.time() - begin), flush=True)
    begin = time.time()
    simulator, address = start_simulator()
    guest, line, monitor = start_guest()
    # Nothing of a stage that hangs stays behind.
    timer = threading.Timer(LIMIT_S, guest.kill)
    timer.start()
    try:
        radio = Radio(address, line)
        connect(radio.join)
        play(guest, radio, connect(lambda: Monitor(monitor)))
    finally:
        timer.cancel()
        guest.kill()
        simulator.terminate()
        guest.wait()
        simulator.wait()
    print("the guest ran %.0f s" % (time.time() - begin), flush=True)
    sys.exit(subprocess.call([sys.executable, os.path.join(HERE, "verdict.py"), SHARE]))


main()
