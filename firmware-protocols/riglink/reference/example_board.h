/* An example of a RigLink device: four EEG channels that count, and eight film-like cells that are driven.
 *
 * Pure: bytes and time come in as arguments, bytes go out through a function. Its samples are known values, so that
 * whoever receives them can check every one:
 *
 *     eeg     int32, channel k of frame n:  (4 n + k) mod 2^23 - 2^22 counts of 2^-26 V
 *     state   float32, [3, 8]: unit vectors ((1 - t t) / (1 + t t), 0, 2 t / (1 + t t)), where each cell's t follows its
 *             drive h, held within -1 ... 1, as t <- t / 2 + h / 2
 *
 * With carries_clock, set after board_init, the last two EEG channels tell when their frame was made instead: frame n was
 * complete (n + 1) / rate seconds after the start, at so many whole microseconds t of the board's clock:
 *
 *     channel 2:  t mod 2^23 - 2^22 counts          channel 3:  t / 2^23 - 2^22 counts
 *
 * With has_lines, set after board_init, it is a board of digital lines instead: eight outputs, and eight inputs, each of which is
 * wired to the output of its number. A drive frame sets the outputs; it is answered by the levels that they have now.
 *
 * With has_knobs, set after board_init, it also has two knobs, drive_scale and bias_field, whose sizes together are never above 1.5.
 * They change nothing: the board only keeps their limits.
 */
#ifndef EXAMPLE_BOARD_H
#define EXAMPLE_BOARD_H

#include "riglink.h"

enum {
    BOARD_EEG_CHANNELS = 4,
    BOARD_CELLS = 8,
    BOARD_QUEUE = 16,
    BOARD_PAYLOAD = 1024,
    BOARD_KNOBS = 2,
    /* Frames of EEG in one message at most. */
    BOARD_EEG_BLOCK = 32
};

/* Sends a whole message. Returns 0 when there is no room for it: the message is then lost. */
typedef int (*board_send)(void *context, const uint8_t *bytes, size_t count);

typedef struct {
    riglink_decoder decoder;
    riglink_encoder encoder;
    uint8_t in[RIGLINK_WIRE_SIZE(BOARD_PAYLOAD)];
    uint8_t out[RIGLINK_WIRE_SIZE(BOARD_PAYLOAD)];
    board_send send;
    void *context;
    int is_streaming;
    double rate;
    int carries_clock;
    int has_lines;
    uint64_t started_ns;
    uint64_t eeg_counter;
    float queue[BOARD_QUEUE][BOARD_CELLS];
    uint64_t queue_counter[BOARD_QUEUE];
    /* Whether a reset comes before the frame, and whether one comes behind all that wait. */
    int queue_follows_reset[BOARD_QUEUE];
    int is_reset_due;
    int queue_first, queue_count;
    uint32_t dropped;
    /* Of a film its cells; of a board of lines the levels of its outputs. */
    float t[BOARD_CELLS];
    int has_knobs;
    double knob_target[BOARD_KNOBS], knob_now[BOARD_KNOBS];
    /* When the knobs were moved last. */
    uint64_t knobs_ns;
} example_board;

/* rate: EEG frames per second; 250 in the descriptor of the vectors. */
void board_init(example_board *board, double rate, board_send send, void *context);
/* Bytes from the host. */
void board_receive(example_board *board, const uint8_t *bytes, size_t count, uint64_t now_ns);
/* Sends the samples that are due and answers what waits in the drive queue. To be called often. */
void board_poll(example_board *board, uint64_t now_ns);
/* The link is lost: silent until the next hello. */
void board_link_lost(example_board *board);

#endif
