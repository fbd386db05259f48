// boost::lockfree::spsc_queue at the same work as Larmor's rings; each call makes a queue and two threads of its own.
#ifndef RING_PEERS_H
#define RING_PEERS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Seconds in which `count` 64-bit numbers went through a queue of `capacity`, `batch` at a time; negative when the sum is wrong.
double peer_numbers(size_t count, size_t capacity, size_t batch);

/// Seconds for `count` blocks of `samples` floats, each with a header of 64 bytes, through a queue of headers and one of floats:
/// what a stream of blocks of any size takes with queues of one type. Negative when a value is wrong.
double peer_blocks(size_t count, size_t samples, size_t capacity);

/// Nanoseconds from writing to reading of `count` numbers that are sent `interval_ns` apart.
void peer_delays(size_t count, int64_t interval_ns, int64_t *delays_ns);

#ifdef __cplusplus
}
#endif
#endif
