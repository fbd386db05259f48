/* RigLink 1 for firmware: messages from bytes and bytes from messages. The specification is ../README.md.
 *
 * C99; needs <stdint.h>, <stddef.h> and memcpy, no allocation, no operating system. Every buffer is the caller's. The
 * machine's float and double must be IEEE 754; its byte order does not matter.
 */
#ifndef RIGLINK_H
#define RIGLINK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { RIGLINK_VERSION = 1, RIGLINK_HEADER = 16, RIGLINK_FRAMES_HEADER = 12, RIGLINK_CRC = 4 };

/* Bytes that a message with a payload of n bytes takes on the wire at most: also the size of a decoder's buffer. */
#define RIGLINK_WIRE_SIZE(n) ((n) + RIGLINK_HEADER + RIGLINK_CRC + ((n) + RIGLINK_HEADER + RIGLINK_CRC) / 254 + 2)

enum riglink_type {
    RIGLINK_HELLO = 1,
    RIGLINK_DESCRIPTOR = 2,
    RIGLINK_START = 3,
    RIGLINK_STOP = 4,
    RIGLINK_SAMPLES = 5,
    RIGLINK_DRIVE = 6,
    RIGLINK_RESET = 7,
    RIGLINK_STATUS = 8,
    RIGLINK_ERROR = 9,
    RIGLINK_PING = 10,
    RIGLINK_PONG = 11,
    RIGLINK_SET_KNOBS = 12,
    RIGLINK_KNOBS = 13
};

enum riglink_fault {
    RIGLINK_MALFORMED = 1,
    RIGLINK_NO_SUCH_STREAM = 2,
    RIGLINK_NOT_STREAMING = 3,
    RIGLINK_NOT_SUPPORTED = 4,
    RIGLINK_DEVICE_FAULT = 5
};

enum riglink_format { RIGLINK_FLOAT32 = 0, RIGLINK_INT16 = 1, RIGLINK_INT32 = 2 };
enum riglink_direction { RIGLINK_OUT = 0, RIGLINK_TO_DEVICE = 1 };
enum { RIGLINK_ANSWERS_NONE = 255 };
enum riglink_knob_outcome { RIGLINK_KNOBS_TAKEN = 0, RIGLINK_KNOBS_LIMITED = 1, RIGLINK_KNOBS_REFUSED = 2 };

/* ---- Receiving ---- */

typedef struct {
    uint8_t type;
    uint16_t sequence;
    uint64_t device_time;
    /* In the decoder's buffer; valid until its next byte. */
    const uint8_t *payload;
    uint32_t length;
} riglink_message;

typedef struct {
    uint8_t *buffer;
    size_t capacity;
    size_t filled;
    int is_overlong;
    int has_sequence;
    uint16_t last_sequence;
    /* Frames that failed their check; messages that the sender counted and that did not come; messages of later types. */
    uint32_t corrupt, lost, unknown;
} riglink_decoder;

/* buffer: RIGLINK_WIRE_SIZE(longest payload) bytes; longer messages are skipped and counted as corrupt. */
void riglink_decoder_init(riglink_decoder *decoder, uint8_t *buffer, size_t capacity);

/* Takes one byte. Returns 1 when it completed a message, which is then in *message; 0 otherwise. */
int riglink_decoder_take(riglink_decoder *decoder, uint8_t byte, riglink_message *message);

/* Little-endian values from a payload; the caller has checked that they are there. */
uint16_t riglink_get16(const uint8_t *bytes);
uint32_t riglink_get32(const uint8_t *bytes);
uint64_t riglink_get64(const uint8_t *bytes);
float riglink_get_float(const uint8_t *bytes);
double riglink_get_double(const uint8_t *bytes);

/* ---- Sending ---- */

typedef struct {
    uint8_t *out;
    size_t capacity;
    size_t filled;
    /* Where the code byte of the open group stands; the group's code so far. */
    size_t code_place;
    uint8_t code;
    int is_overflown;
    uint32_t crc;
    /* Payload bytes that were announced and did not come yet. */
    uint32_t missing;
    uint16_t sequence;
} riglink_encoder;

void riglink_encoder_init(riglink_encoder *encoder);

/* Begins a message with a payload of length bytes in out, which has RIGLINK_WIRE_SIZE(length) bytes. The payload is put
 * piece by piece; nothing is copied twice. */
void riglink_begin(
    riglink_encoder *encoder, uint8_t *out, size_t capacity, enum riglink_type type, uint64_t device_time, uint32_t length);
void riglink_put(riglink_encoder *encoder, const uint8_t *bytes, size_t count);
void riglink_put8(riglink_encoder *encoder, uint8_t value);
void riglink_put16(riglink_encoder *encoder, uint16_t value);
void riglink_put32(riglink_encoder *encoder, uint32_t value);
void riglink_put64(riglink_encoder *encoder, uint64_t value);
void riglink_put_float(riglink_encoder *encoder, float value);
void riglink_put_double(riglink_encoder *encoder, double value);
/* One byte of length and the text, at most 255 bytes. */
void riglink_put_text(riglink_encoder *encoder, const char *text);
/* The header of samples or drive frames; the values follow. */
void riglink_put_frames(riglink_encoder *encoder, uint8_t stream, uint16_t frames, uint64_t first_counter);

/* Ends the message. Returns its size on the wire; 0 when out was too small or the payload is not as long as announced: then
 * nothing is to be sent, and the sequence does not count it. */
size_t riglink_end(riglink_encoder *encoder);

/* ---- Checksums ---- */

/* CRC-32C over more bytes; begins with 0. */
uint32_t riglink_crc(uint32_t crc, const uint8_t *bytes, size_t count);

#ifdef __cplusplus
}
#endif
#endif
