#include "RingPeers.h"

#include <algorithm>
#include <boost/lockfree/spsc_queue.hpp>
#include <time.h>
#include <thread>
#include <vector>

namespace {

int64_t now() {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

struct header {
    uint64_t number, samples, unused[6];
};

}  // namespace

double peer_numbers(size_t count, size_t capacity, size_t batch) {
    boost::lockfree::spsc_queue<uint64_t> queue(capacity);
    uint64_t sum = 0;
    int64_t begin = now();
    std::thread producer([&] {
        std::vector<uint64_t> values(batch);
        for (size_t sent = 0; sent < count;) {
            size_t ready = std::min(batch, count - sent), done = 0;
            for (size_t i = 0; i < ready; i++) values[i] = sent + i;
            while (done < ready) done += batch == 1 ? queue.push(values[0]) : queue.push(values.data() + done, ready - done);
            sent += ready;
        }
    });
    std::vector<uint64_t> values(batch);
    for (size_t received = 0; received < count;) {
        size_t got = batch == 1 ? queue.pop(values[0]) : queue.pop(values.data(), batch);
        for (size_t i = 0; i < got; i++) sum += values[i];
        received += got;
    }
    producer.join();
    double seconds = (now() - begin) * 1e-9;
    return sum == (uint64_t)count * (count - 1) / 2 ? seconds : -1;
}

double peer_blocks(size_t count, size_t samples, size_t capacity) {
    boost::lockfree::spsc_queue<header> headers(4096);
    boost::lockfree::spsc_queue<float> values(capacity);
    bool right = true;
    int64_t begin = now();
    std::thread producer([&] {
        std::vector<float> block(samples);
        for (size_t k = 0; k < count; k++) {
            std::fill(block.begin(), block.end(), (float)(k & 0xFFFF));
            while (values.write_available() < samples) {}
            values.push(block.data(), samples);
            header head = {k, samples, {}};
            while (!headers.push(head)) {}
        }
    });
    std::vector<float> block(samples);
    for (size_t k = 0; k < count; k++) {
        header head;
        while (!headers.pop(head)) {}
        values.pop(block.data(), head.samples);
        right = right && head.number == k && block[0] == (float)(k & 0xFFFF) && block[samples - 1] == block[0];
    }
    producer.join();
    double seconds = (now() - begin) * 1e-9;
    return right ? seconds : -1;
}

void peer_delays(size_t count, int64_t interval_ns, int64_t *delays_ns) {
    boost::lockfree::spsc_queue<int64_t> queue(1024);
    std::thread producer([&] {
        int64_t due = now();
        for (size_t k = 0; k < count; k++) {
            due += interval_ns;
            while (now() < due) {}
            while (!queue.push(now())) {}
        }
    });
    for (size_t k = 0; k < count; k++) {
        int64_t sent;
        while (!queue.pop(sent)) {}
        delays_ns[k] = now() - sent;
    }
    producer.join();
}
