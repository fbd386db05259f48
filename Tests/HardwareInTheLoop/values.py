"""What the virtual devices send; the verdict compares with the same rules."""

# Cyton: row r of the recording holds, for channel c, ROW_STEP * r + c counts: each sample names its row and its channel.
ROWS, ROW_STEP = 4000, 16
MICROVOLT_PER_COUNT = 4.5 / 24 / (2 ** 23 - 1) * 1e6

# Sound: a saw of so many steps, one count a sample.
SOUND_RATE, SOUND_PERIOD = 16_000, 30_000


def cyton_recording():
    """A recording in the text form of OpenBCI's own program."""
    lines = ["%OpenBCI Raw EEG Data"]
    for row in range(ROWS):
        values = ", ".join(repr((ROW_STEP * row + channel) * MICROVOLT_PER_COUNT) for channel in range(8))
        lines.append("%d, %s, 0, 0, 0" % (row % 256, values))
    return "\n".join(lines) + "\n"


def sound(periods):
    """Samples of 16 bits."""
    return [n - SOUND_PERIOD // 2 for n in range(SOUND_PERIOD)] * periods


# RigLink example board (firmware-protocols/riglink/reference/example_board.h): two channels hold a saw over frames and channels, two
# the guest's time at which the frame was made.
BOARD_RATE, BOARD_CHANNELS, BOARD_PERIOD, BOARD_SCALE = 250, 4, 8_388_608, 1 / 67_108_864
