#include "example_board.h"

#include <string.h>

enum { STREAM_EEG = 0, STREAM_DRIVE = 1, STREAM_STATE = 2 };

/* Bytes of the timing extension: a text of eight, a double, two words, a byte. */
enum { BOARD_TIMING = 1 + 8 + 8 + 4 + 4 + 1 };

typedef struct {
    const char *name, *kind, *prefix, *unit;
    uint8_t direction, answers, format;
    uint16_t channels;
    float scale;
} stream_row;

static const stream_row streams[] = {
    {"eeg", "EEG", "ch", "V", RIGLINK_OUT, RIGLINK_ANSWERS_NONE, RIGLINK_INT32, BOARD_EEG_CHANNELS, 1.0f / 67108864.0f},
    {"drive", "Drive", "cell", "T", RIGLINK_TO_DEVICE, RIGLINK_ANSWERS_NONE, RIGLINK_FLOAT32, BOARD_CELLS, 1.0f},
    {"state", "Magnetisation", "m", "1", RIGLINK_OUT, STREAM_DRIVE, RIGLINK_FLOAT32, 3 * BOARD_CELLS, 1.0f},
};

/* The same places, so that the rest of the program hardly knows: free-running samples, a drive, its answers. */
static const stream_row line_streams[] = {
    {"lines", "Auxiliary", "line", "1", RIGLINK_OUT, RIGLINK_ANSWERS_NONE, RIGLINK_FLOAT32, BOARD_CELLS, 1.0f},
    {"outputs", "Auxiliary", "line", "1", RIGLINK_TO_DEVICE, RIGLINK_ANSWERS_NONE, RIGLINK_FLOAT32, BOARD_CELLS, 1.0f},
    {"levels", "Auxiliary", "output", "1", RIGLINK_OUT, STREAM_DRIVE, RIGLINK_FLOAT32, BOARD_CELLS, 1.0f},
};
enum { STREAMS = sizeof streams / sizeof streams[0] };

static const char *const identity[4] = {"Larmor", "example board", "0001", "1.0"};

void board_init(example_board *board, double rate, board_send send, void *context) {
    memset(board, 0, sizeof *board);
    riglink_decoder_init(&board->decoder, board->in, sizeof board->in);
    riglink_encoder_init(&board->encoder);
    board->rate = rate;
    board->send = send;
    board->context = context;
}

static const stream_row *rows(const example_board *board) { return board->has_lines ? line_streams : streams; }

static void begin(example_board *board, enum riglink_type type, uint64_t now, size_t length) {
    riglink_begin(&board->encoder, board->out, sizeof board->out, type, now, (uint32_t)length);
}

static int end(example_board *board) {
    size_t size = riglink_end(&board->encoder);
    return size > 0 && board->send(board->context, board->out, size);
}

static void send_descriptor(example_board *board, uint64_t now) {
    riglink_encoder *e = &board->encoder;
    const stream_row *streams = rows(board);
    size_t length = 3 * 4 + 1 + (board->has_lines ? 0 : 3 + BOARD_TIMING);
    int i;
    for (i = 0; i < 4; i++) length += 1 + strlen(identity[i]);
    for (i = 0; i < STREAMS; i++) {
        length += 4 + strlen(streams[i].name) + strlen(streams[i].kind) + strlen(streams[i].prefix) +
            strlen(streams[i].unit) + 1 + 8 + 1 + 2 + 1 + 4;
    }
    begin(board, RIGLINK_DESCRIPTOR, now, length);
    for (i = 0; i < 4; i++) riglink_put_text(e, identity[i]);
    riglink_put32(e, BOARD_PAYLOAD);
    riglink_put32(e, BOARD_QUEUE);
    riglink_put32(e, 0);
    riglink_put8(e, STREAMS);
    for (i = 0; i < STREAMS; i++) {
        riglink_put_text(e, streams[i].name);
        riglink_put8(e, streams[i].direction);
        riglink_put_text(e, streams[i].kind);
        riglink_put_double(e, i == STREAM_EEG ? board->rate : 0);
        riglink_put8(e, streams[i].answers);
        riglink_put16(e, streams[i].channels);
        riglink_put_text(e, streams[i].prefix);
        riglink_put_text(e, streams[i].unit);
        riglink_put8(e, streams[i].format);
        riglink_put_float(e, streams[i].scale);
    }
    if (!board->has_lines) {
        /* Extension 1: one step of no length per input, and the answer is the state after it. */
        riglink_put8(e, 1);
        riglink_put16(e, BOARD_TIMING);
        riglink_put_text(e, "physical");
        riglink_put_double(e, 0);
        riglink_put32(e, 1);
        riglink_put32(e, 0);
        riglink_put8(e, 0);
    }
    end(board);
}

static void send_status(example_board *board, uint64_t now) {
    begin(board, RIGLINK_STATUS, now, 8);
    riglink_put32(&board->encoder, (uint32_t)(BOARD_QUEUE - board->queue_count));
    riglink_put32(&board->encoder, board->dropped);
    end(board);
}

static void send_error(example_board *board, uint64_t now, enum riglink_fault code, const char *text) {
    begin(board, RIGLINK_ERROR, now, 3 + strlen(text));
    riglink_put16(&board->encoder, (uint16_t)code);
    riglink_put_text(&board->encoder, text);
    end(board);
}

static void drop(example_board *board, uint64_t now, uint32_t frames) {
    board->dropped += frames;
    send_status(board, now);
}

static int slot_for(example_board *board) { return (board->queue_first + board->queue_count++) % BOARD_QUEUE; }

static void take_drive(example_board *board, const riglink_message *message, uint64_t now) {
    const uint8_t *values = message->payload + RIGLINK_FRAMES_HEADER;
    uint32_t frames, frame;
    int cell;
    if (message->length < RIGLINK_FRAMES_HEADER) {
        send_error(board, now, RIGLINK_MALFORMED, "a drive message has 12 bytes before its values");
        return;
    }
    frames = riglink_get16(message->payload + 2);
    if (message->payload[0] != STREAM_DRIVE) {
        send_error(board, now, RIGLINK_NO_SUCH_STREAM, "the drive stream is number 1");
        drop(board, now, frames);
        return;
    }
    if (message->length != RIGLINK_FRAMES_HEADER + frames * BOARD_CELLS * 4) {
        send_error(board, now, RIGLINK_MALFORMED, "a drive frame has 8 values of 4 bytes");
        drop(board, now, frames);
        return;
    }
    if (!board->is_streaming) {
        send_error(board, now, RIGLINK_NOT_STREAMING, "drive frames are taken after start");
        drop(board, now, frames);
        return;
    }
    for (frame = 0; frame < frames; frame++) {
        int slot;
        if (board->queue_count == BOARD_QUEUE) {
            drop(board, now, frames - frame);
            return;
        }
        slot = slot_for(board);
        board->queue_counter[slot] = riglink_get64(message->payload + 4) + frame;
        board->queue_follows_reset[slot] = board->is_reset_due;
        board->is_reset_due = 0;
        for (cell = 0; cell < BOARD_CELLS; cell++, values += 4) board->queue[slot][cell] = riglink_get_float(values);
    }
}

/* A reset comes between the frames before it and those after it, and takes no place in the queue, which is the host's to fill: the next
 * frame remembers it. */
static void take_reset(example_board *board) {
    if (board->queue_count > 0) {
        board->is_reset_due = 1;
    } else {
        memset(board->t, 0, sizeof board->t);
    }
}

/* The frames before a reset are done. */
static void reset_if_due(example_board *board) {
    if (board->is_reset_due && board->queue_count == 0) {
        memset(board->t, 0, sizeof board->t);
        board->is_reset_due = 0;
    }
}

static void empty_queue(example_board *board) {
    board->queue_count = 0;
    reset_if_due(board);
}

/* An output does not stay high when nobody is there who could set it low. */
static void outputs_low(example_board *board) {
    if (board->has_lines) memset(board->t, 0, sizeof board->t);
}

static void handle(example_board *board, const riglink_message *message, uint64_t now) {
    switch (message->type) {
    case RIGLINK_HELLO:
        board->is_streaming = 0;
        empty_queue(board);
        board->dropped = 0;
        outputs_low(board);
        send_descriptor(board, now);
        break;
    case RIGLINK_START:
        if (!board->is_streaming) {
            board->is_streaming = 1;
            board->started_ns = now;
            board->eeg_counter = 0;
        }
        send_status(board, now);
        break;
    case RIGLINK_STOP:
        board->is_streaming = 0;
        empty_queue(board);
        outputs_low(board);
        break;
    case RIGLINK_DRIVE: take_drive(board, message, now); break;
    case RIGLINK_RESET: take_reset(board); break;
    case RIGLINK_PING:
        begin(board, RIGLINK_PONG, now, message->length);
        riglink_put(&board->encoder, message->payload, message->length);
        end(board);
        break;
    default: break; /* What only devices send is no request. */
    }
}

void board_receive(example_board *board, const uint8_t *bytes, size_t count, uint64_t now_ns) {
    riglink_message message;
    size_t i;
    for (i = 0; i < count; i++) {
        if (riglink_decoder_take(&board->decoder, bytes[i], &message)) handle(board, &message, now_ns);
    }
}

/* Sets the outputs and tells their levels. */
static void answer_levels(example_board *board, int slot, uint64_t now) {
    riglink_encoder *e = &board->encoder;
    int line;
    begin(board, RIGLINK_SAMPLES, now, RIGLINK_FRAMES_HEADER + BOARD_CELLS * 4);
    riglink_put_frames(e, STREAM_STATE, 1, board->queue_counter[slot]);
    for (line = 0; line < BOARD_CELLS; line++) {
        board->t[line] = board->queue[slot][line] >= 0.5f ? 1 : 0;
        riglink_put_float(e, board->t[line]);
    }
    if (!end(board)) board->dropped++;
}

static void answer(example_board *board, uint64_t now) {
    int slot = board->queue_first, cell;
    riglink_encoder *e = &board->encoder;
    board->queue_first = (board->queue_first + 1) % BOARD_QUEUE;
    board->queue_count--;
    if (board->queue_follows_reset[slot]) memset(board->t, 0, sizeof board->t);
    if (board->has_lines) {
        answer_levels(board, slot, now);
        reset_if_due(board);
        return;
    }
    for (cell = 0; cell < BOARD_CELLS; cell++) {
        float h = board->queue[slot][cell];
        /* What is no number would stay in the cell for good. */
        h = h > 1 ? 1 : h >= -1 ? h : h < -1 ? -1 : 0;
        board->t[cell] = board->t[cell] / 2 + h / 2;
    }
    begin(board, RIGLINK_SAMPLES, now, RIGLINK_FRAMES_HEADER + 3 * BOARD_CELLS * 4);
    riglink_put_frames(e, STREAM_STATE, 1, board->queue_counter[slot]);
    for (cell = 0; cell < BOARD_CELLS; cell++) {
        float square = board->t[cell] * board->t[cell];
        riglink_put_float(e, (1 - square) / (1 + square));
    }
    for (cell = 0; cell < BOARD_CELLS; cell++) riglink_put_float(e, 0);
    for (cell = 0; cell < BOARD_CELLS; cell++) {
        float square = board->t[cell] * board->t[cell];
        riglink_put_float(e, 2 * board->t[cell] / (1 + square));
    }
    if (!end(board)) board->dropped++;
    reset_if_due(board);
}

/* Counts of one channel of a frame. */
static uint32_t eeg_count(const example_board *board, uint64_t frame, uint32_t channel) {
    uint64_t number = (frame * BOARD_EEG_CHANNELS + channel) % 8388608u;
    if (board->carries_clock && channel >= 2) {
        uint64_t made_us = (board->started_ns + (uint64_t)((double)(frame + 1) * 1e9 / board->rate)) / 1000;
        number = channel == 2 ? made_us % 8388608u : made_us / 8388608u;
    }
    return (uint32_t)number - 4194304u;
}

/* The free-running stream: EEG, or the levels of the lines, which are what the outputs are. */
static void send_eeg(example_board *board, uint64_t frames) {
    riglink_encoder *e = &board->encoder;
    uint64_t frame;
    uint32_t channel, channels = rows(board)[STREAM_EEG].channels;
    double first_ns = (double)board->eeg_counter * 1e9 / board->rate;
    begin(
        board, RIGLINK_SAMPLES, board->started_ns + (uint64_t)first_ns,
        RIGLINK_FRAMES_HEADER + (size_t)frames * channels * 4);
    riglink_put_frames(e, STREAM_EEG, (uint16_t)frames, board->eeg_counter);
    for (frame = 0; frame < frames; frame++) {
        for (channel = 0; channel < channels; channel++) {
            if (board->has_lines) {
                riglink_put_float(e, board->t[channel]);
            } else {
                riglink_put32(e, eeg_count(board, board->eeg_counter + frame, channel));
            }
        }
    }
    /* Without room the frames are lost, and the counter goes on: the host sees the hole. */
    end(board);
    board->eeg_counter += frames;
}

void board_poll(example_board *board, uint64_t now_ns) {
    uint64_t due, most;
    if (!board->is_streaming) return;
    /* Lines that were due before a frame sets the outputs still have the old levels. */
    if (!board->has_lines) {
        while (board->queue_count > 0) answer(board, now_ns);
    }
    due = (uint64_t)((double)(now_ns - board->started_ns) * 1e-9 * board->rate);
    most = (BOARD_PAYLOAD - RIGLINK_FRAMES_HEADER) / (rows(board)[STREAM_EEG].channels * 4u);
    if (most > BOARD_EEG_BLOCK) most = BOARD_EEG_BLOCK;
    while (board->eeg_counter < due) {
        uint64_t frames = due - board->eeg_counter;
        send_eeg(board, frames < most ? frames : most);
    }
    while (board->queue_count > 0) answer(board, now_ns);
}

void board_link_lost(example_board *board) {
    outputs_low(board);
    board->is_streaming = 0;
    empty_queue(board);
    board->decoder.filled = 0;
}
