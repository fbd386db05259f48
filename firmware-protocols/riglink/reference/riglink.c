#include "riglink.h"

#include <string.h>

/* Four bits at a time: a table of 64 bytes instead of 1 KiB. CRC-32C, RFC 3720 appendix B.4. */
static const uint32_t crc_of_nibble[16] = {
    0x00000000, 0x105EC76F, 0x20BD8EDE, 0x30E349B1, 0x417B1DBC, 0x5125DAD3, 0x61C69362, 0x7198540D,
    0x82F63B78, 0x92A8FC17, 0xA24BB5A6, 0xB21572C9, 0xC38D26C4, 0xD3D3E1AB, 0xE330A81A, 0xF36E6F75,
};

uint32_t riglink_crc(uint32_t crc, const uint8_t *bytes, size_t count) {
    size_t i;
    crc = ~crc;
    for (i = 0; i < count; i++) {
        crc ^= bytes[i];
        crc = crc >> 4 ^ crc_of_nibble[crc & 15];
        crc = crc >> 4 ^ crc_of_nibble[crc & 15];
    }
    return ~crc;
}

uint16_t riglink_get16(const uint8_t *bytes) { return (uint16_t)(bytes[0] | bytes[1] << 8); }

uint32_t riglink_get32(const uint8_t *bytes) {
    return riglink_get16(bytes) | (uint32_t)riglink_get16(bytes + 2) << 16;
}

uint64_t riglink_get64(const uint8_t *bytes) {
    return riglink_get32(bytes) | (uint64_t)riglink_get32(bytes + 4) << 32;
}

float riglink_get_float(const uint8_t *bytes) {
    uint32_t bits = riglink_get32(bytes);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

double riglink_get_double(const uint8_t *bytes) {
    uint64_t bits = riglink_get64(bytes);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* ---- Receiving ---- */

void riglink_decoder_init(riglink_decoder *decoder, uint8_t *buffer, size_t capacity) {
    memset(decoder, 0, sizeof *decoder);
    decoder->buffer = buffer;
    decoder->capacity = capacity;
}

/* Undoes the stuffing in place. Returns the size of the plain frame; 0 when it is none. */
static size_t unstuff(uint8_t *bytes, size_t count) {
    size_t from = 0, to = 0;
    while (from < count) {
        uint8_t code = bytes[from++];
        uint8_t i;
        if (code == 0 || (size_t)(code - 1) > count - from) return 0;
        for (i = 1; i < code; i++) bytes[to++] = bytes[from++];
        if (code != 255 && from < count) bytes[to++] = 0;
    }
    return to;
}

static int finish(riglink_decoder *decoder, riglink_message *message) {
    const uint8_t *bytes = decoder->buffer;
    size_t stuffed = decoder->filled, size;
    int is_overlong = decoder->is_overlong;
    decoder->filled = 0;
    decoder->is_overlong = 0;
    if (stuffed == 0) return 0;
    size = is_overlong ? 0 : unstuff(decoder->buffer, stuffed);
    if (size < RIGLINK_HEADER + RIGLINK_CRC || bytes[0] != RIGLINK_VERSION ||
        riglink_get32(bytes + 12) != size - RIGLINK_HEADER - RIGLINK_CRC ||
        riglink_get32(bytes + size - RIGLINK_CRC) != riglink_crc(0, bytes, size - RIGLINK_CRC)) {
        decoder->corrupt++;
        return 0;
    }
    message->type = bytes[1];
    message->sequence = riglink_get16(bytes + 2);
    message->device_time = riglink_get64(bytes + 4);
    message->payload = bytes + RIGLINK_HEADER;
    message->length = riglink_get32(bytes + 12);
    if (decoder->has_sequence) {
        decoder->lost += (uint16_t)(message->sequence - decoder->last_sequence - 1);
    }
    decoder->has_sequence = 1;
    decoder->last_sequence = message->sequence;
    if (message->type < RIGLINK_HELLO || message->type > RIGLINK_KNOBS) {
        decoder->unknown++;
        return 0;
    }
    return 1;
}

int riglink_decoder_take(riglink_decoder *decoder, uint8_t byte, riglink_message *message) {
    if (byte == 0) return finish(decoder, message);
    if (decoder->filled < decoder->capacity) {
        decoder->buffer[decoder->filled++] = byte;
    } else {
        decoder->is_overlong = 1;
    }
    return 0;
}

/* ---- Sending ---- */

void riglink_encoder_init(riglink_encoder *encoder) { memset(encoder, 0, sizeof *encoder); }

static void append(riglink_encoder *encoder, uint8_t byte) {
    if (encoder->filled < encoder->capacity) {
        encoder->out[encoder->filled++] = byte;
    } else {
        encoder->is_overflown = 1;
    }
}

static void open_group(riglink_encoder *encoder) {
    encoder->code_place = encoder->filled;
    encoder->code = 1;
    append(encoder, 1);
}

static void close_group(riglink_encoder *encoder) {
    if (!encoder->is_overflown) encoder->out[encoder->code_place] = encoder->code;
}

/* Stuffs as the bytes come. After a full group a new one is opened only when another byte comes. */
static void stuff(riglink_encoder *encoder, const uint8_t *bytes, size_t count) {
    size_t i;
    for (i = 0; i < count; i++) {
        if (encoder->code == 255) {
            close_group(encoder);
            open_group(encoder);
        }
        if (bytes[i] != 0) {
            append(encoder, bytes[i]);
            encoder->code++;
        } else {
            close_group(encoder);
            open_group(encoder);
        }
    }
}

static void cover(riglink_encoder *encoder, const uint8_t *bytes, size_t count) {
    encoder->crc = riglink_crc(encoder->crc, bytes, count);
    stuff(encoder, bytes, count);
}

static void store(uint8_t *bytes, uint64_t value, int size) {
    int i;
    for (i = 0; i < size; i++) bytes[i] = (uint8_t)(value >> (8 * i));
}

void riglink_begin(
    riglink_encoder *encoder, uint8_t *out, size_t capacity, enum riglink_type type, uint64_t device_time,
    uint32_t length) {
    uint8_t header[RIGLINK_HEADER];
    encoder->out = out;
    encoder->capacity = capacity;
    encoder->filled = 0;
    encoder->is_overflown = 0;
    encoder->crc = 0;
    encoder->missing = length;
    open_group(encoder);
    header[0] = RIGLINK_VERSION;
    header[1] = (uint8_t)type;
    store(header + 2, encoder->sequence, 2);
    store(header + 4, device_time, 8);
    store(header + 12, length, 4);
    cover(encoder, header, sizeof header);
}

void riglink_put(riglink_encoder *encoder, const uint8_t *bytes, size_t count) {
    if (count > encoder->missing) {
        encoder->is_overflown = 1;
        return;
    }
    encoder->missing -= (uint32_t)count;
    cover(encoder, bytes, count);
}

static void put(riglink_encoder *encoder, uint64_t value, int size) {
    uint8_t bytes[8];
    store(bytes, value, size);
    riglink_put(encoder, bytes, (size_t)size);
}

void riglink_put8(riglink_encoder *encoder, uint8_t value) { put(encoder, value, 1); }
void riglink_put16(riglink_encoder *encoder, uint16_t value) { put(encoder, value, 2); }
void riglink_put32(riglink_encoder *encoder, uint32_t value) { put(encoder, value, 4); }
void riglink_put64(riglink_encoder *encoder, uint64_t value) { put(encoder, value, 8); }

void riglink_put_float(riglink_encoder *encoder, float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    put(encoder, bits, 4);
}

void riglink_put_double(riglink_encoder *encoder, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put(encoder, bits, 8);
}

void riglink_put_text(riglink_encoder *encoder, const char *text) {
    size_t length = strlen(text);
    if (length > 255) length = 255;
    riglink_put8(encoder, (uint8_t)length);
    riglink_put(encoder, (const uint8_t *)text, length);
}

void riglink_put_frames(riglink_encoder *encoder, uint8_t stream, uint16_t frames, uint64_t first_counter) {
    riglink_put8(encoder, stream);
    riglink_put8(encoder, 0);
    riglink_put16(encoder, frames);
    riglink_put64(encoder, first_counter);
}

size_t riglink_end(riglink_encoder *encoder) {
    uint8_t check[RIGLINK_CRC];
    store(check, encoder->crc, RIGLINK_CRC);
    stuff(encoder, check, sizeof check);
    close_group(encoder);
    append(encoder, 0);
    if (encoder->is_overflown || encoder->missing > 0) return 0;
    encoder->sequence++;
    return encoder->filled;
}
