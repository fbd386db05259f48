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

/* The knobs of extension 2; together their sizes are at most BOARD_HEAT. */
typedef struct {
    const char *name, *kind, *unit;
    uint8_t part;
    double lowest, highest, largest_rate, rest;
} knob_row;

static const knob_row knobs[BOARD_KNOBS] = {
    {"drive_scale", "drive_scale", "1", 255, 0, 1, 2, 0.5},
    {"bias_field", "bias_field", "T", 0, -1, 1, 0.5, 0},
};
static const double BOARD_HEAT = 1.5;

static const char *const identity[4] = {"Larmor", "example board", "0001", "1.0"};

static void knobs_to_rest(example_board *board) {
    int i;
    for (i = 0; i < BOARD_KNOBS; i++) board->knob_target[i] = knobs[i].rest;
}

static double size_of(double value) { return value < 0 ? -value : value; }

/* What the other knobs' sizes leave of the joint limit. */
static double room_for(const double *values, int knob) {
    double room = BOARD_HEAT;
    int i;
    for (i = 0; i < BOARD_KNOBS; i++) room -= i == knob ? 0 : size_of(values[i]);
    return room;
}

/* Moves the knobs towards their targets, no faster than their rates: first those that make room, then those that need some. */
static void move_knobs(example_board *board, uint64_t now) {
    double seconds = (double)(now - board->knobs_ns) * 1e-9, next[BOARD_KNOBS];
    int needs_room[BOARD_KNOBS], i;
    board->knobs_ns = now;
    for (i = 0; i < BOARD_KNOBS; i++) {
        double step = board->knob_target[i] - board->knob_now[i], most = knobs[i].largest_rate * seconds;
        if (knobs[i].largest_rate > 0 && step > most) step = most;
        if (knobs[i].largest_rate > 0 && step < -most) step = -most;
        next[i] = board->knob_now[i] + step;
        needs_room[i] = size_of(next[i]) > size_of(board->knob_now[i]);
    }
    for (i = 0; i < BOARD_KNOBS; i++) {
        if (!needs_room[i]) board->knob_now[i] = next[i];
    }
    for (i = 0; i < BOARD_KNOBS; i++) {
        double room = room_for(board->knob_now, i);
        if (!needs_room[i] || room <= size_of(board->knob_now[i])) continue;
        board->knob_now[i] = next[i] > room ? room : next[i] < -room ? -room : next[i];
    }
}

void board_init(example_board *board, double rate, board_send send, void *context) {
    int i;
    memset(board, 0, sizeof *board);
    riglink_decoder_init(&board->decoder, board->in, sizeof board->in);
    riglink_encoder_init(&board->encoder);
    board->rate = rate;
    board->send = send;
    board->context = context;
    knobs_to_rest(board);
    for (i = 0; i < BOARD_KNOBS; i++) board->knob_now[i] = knobs[i].rest;
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
    /* Of extension 2: the number of knobs, the number of joint limits, and the only one. */
    size_t knob_bytes = 1 + 1 + 1 + strlen("heat") + 8 + 8 * BOARD_KNOBS;
    int i;
    for (i = 0; i < BOARD_KNOBS; i++) {
        knob_bytes += 3 + strlen(knobs[i].name) + strlen(knobs[i].kind) + strlen(knobs[i].unit) + 1 + 4 * 8;
    }
    if (board->has_knobs) length += 3 + knob_bytes;
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
    if (board->has_knobs) {
        riglink_put8(e, 2);
        riglink_put16(e, (uint16_t)knob_bytes);
        riglink_put8(e, BOARD_KNOBS);
        for (i = 0; i < BOARD_KNOBS; i++) {
            riglink_put_text(e, knobs[i].name);
            riglink_put_text(e, knobs[i].kind);
            riglink_put8(e, knobs[i].part);
            riglink_put_text(e, knobs[i].unit);
            riglink_put_double(e, knobs[i].lowest);
            riglink_put_double(e, knobs[i].highest);
            riglink_put_double(e, knobs[i].largest_rate);
            riglink_put_double(e, knobs[i].rest);
        }
        riglink_put8(e, 1);
        riglink_put_text(e, "heat");
        riglink_put_double(e, BOARD_HEAT);
        for (i = 0; i < BOARD_KNOBS; i++) riglink_put_double(e, 1);
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

/* All entries are taken, or none. */
static enum riglink_knob_outcome set_knobs(example_board *board, const uint8_t *entries, int count) {
    double target[BOARD_KNOBS];
    int is_set[BOARD_KNOBS] = {0, 0}, i;
    enum riglink_knob_outcome outcome = RIGLINK_KNOBS_TAKEN;
    memcpy(target, board->knob_target, sizeof target);
    for (i = 0; i < count; i++, entries += 9) {
        int knob = entries[0];
        double value = riglink_get_double(entries + 1);
        /* The difference of what is no finite number to itself is not 0. */
        if (knob >= BOARD_KNOBS || is_set[knob] || value - value != 0) return RIGLINK_KNOBS_REFUSED;
        is_set[knob] = 1;
        target[knob] = value < knobs[knob].lowest ? knobs[knob].lowest : value > knobs[knob].highest ? knobs[knob].highest : value;
        if (target[knob] != value) outcome = RIGLINK_KNOBS_LIMITED;
    }
    if (room_for(target, 0) < size_of(target[0])) return RIGLINK_KNOBS_REFUSED;
    memcpy(board->knob_target, target, sizeof target);
    return outcome;
}

static void take_knobs(example_board *board, const riglink_message *message, uint64_t now) {
    riglink_encoder *e = &board->encoder;
    enum riglink_knob_outcome outcome;
    int i;
    if (message->length < 5 || message->length != 5u + 9u * message->payload[4]) {
        send_error(board, now, RIGLINK_MALFORMED, "set knobs has 5 bytes, and 9 for each knob");
        return;
    }
    move_knobs(board, now);
    outcome = set_knobs(board, message->payload + 5, message->payload[4]);
    begin(board, RIGLINK_KNOBS, now, 6 + 16 * BOARD_KNOBS);
    riglink_put32(e, riglink_get32(message->payload));
    riglink_put8(e, (uint8_t)outcome);
    riglink_put8(e, BOARD_KNOBS);
    for (i = 0; i < BOARD_KNOBS; i++) {
        riglink_put_double(e, board->knob_target[i]);
        riglink_put_double(e, board->knob_now[i]);
    }
    end(board);
}

static void handle(example_board *board, const riglink_message *message, uint64_t now) {
    switch (message->type) {
    case RIGLINK_HELLO:
        board->is_streaming = 0;
        empty_queue(board);
        board->dropped = 0;
        outputs_low(board);
        move_knobs(board, now);
        knobs_to_rest(board);
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
        move_knobs(board, now);
        knobs_to_rest(board);
        break;
    case RIGLINK_DRIVE: take_drive(board, message, now); break;
    case RIGLINK_RESET: take_reset(board); break;
    case RIGLINK_SET_KNOBS:
        if (board->has_knobs) take_knobs(board, message, now);
        break;
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
    move_knobs(board, now_ns);
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
    knobs_to_rest(board);
    outputs_low(board);
    board->is_streaming = 0;
    empty_queue(board);
    board->decoder.filled = 0;
}
