"""brainflow_reader.py PORT COUNT: reads so many packets with BrainFlow's Cyton driver and prints what it cost as JSON.

stamps are BrainFlow's, brought to the monotonic clock, in nanoseconds; cpu is the process's, from start_stream to the last packet.
"""
import json
import sys
import time

import numpy as np
from brainflow.board_shim import BoardIds, BoardShim, BrainFlowInputParams

count = int(sys.argv[2])
BoardShim.disable_board_logger()
parameters = BrainFlowInputParams()
parameters.serial_port = sys.argv[1]
board = BoardShim(BoardIds.CYTON_BOARD, parameters)
board.prepare_session()
cpu, limit = time.process_time(), time.monotonic() + 120
board.start_stream(450_000)
while board.get_board_data_count() < count and time.monotonic() < limit:
    time.sleep(0.02)
cpu = time.process_time() - cpu
to_monotonic = time.monotonic() - time.time()
data = board.get_board_data()
board.stop_stream()
board.release_session()

counters = data[BoardShim.get_package_num_channel(BoardIds.CYTON_BOARD)].astype(int)
values = data[BoardShim.get_eeg_channels(BoardIds.CYTON_BOARD)]
stamps = (data[BoardShim.get_timestamp_channel(BoardIds.CYTON_BOARD)] + to_monotonic) * 1e9
expected = ((np.arange(values.shape[1])[:, None] * 8 + np.arange(8)) * 1000 % 2 ** 23).T * (4.5 / (2 ** 23 - 1) / 24 * 1e6)
print(json.dumps({
    "packets": values.shape[1], "lost": int(((np.diff(counters) - 1) % 256).sum()), "cpu": cpu,
    "right": bool(np.allclose(values, expected, rtol=0, atol=1e-6)), "stamps": stamps.astype(int).tolist(),
}))
