/* The example board on USB: a FunctionFS gadget of a Linux machine with a USB device controller (or dummy_hcd).
 *
 *     cc -std=c99 -Wall -Wextra -pedantic -pthread -o board-usb functionfs_main.c serve.c example_board.c riglink.c
 *     ./board-usb [--rate HZ] [--clock] FOLDER      (FOLDER: where the functionfs is mounted)
 *
 * It writes the descriptors and prints "ready"; then the gadget can be bound to its controller. One interface of class 0xFF
 * with bulk IN and bulk OUT. The board itself runs on a socket, and two threads carry bytes between it and the endpoints.
 * With --clock its samples carry the times at which they are made (example_board.h).
 */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/usb/functionfs.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "serve.h"

typedef struct __attribute__((packed)) {
    struct usb_interface_descriptor interface;
    struct usb_endpoint_descriptor_no_audio in, out;
} one_speed;

/* Numbers of more than a byte are little-endian here, as the machines are that this program runs on. */
static const struct __attribute__((packed)) {
    struct usb_functionfs_descs_head_v2 head;
    uint32_t full_count, high_count;
    one_speed full, high;
} descriptors = {
    {FUNCTIONFS_DESCRIPTORS_MAGIC_V2, sizeof descriptors, FUNCTIONFS_HAS_FS_DESC | FUNCTIONFS_HAS_HS_DESC},
    3,
    3,
    {{sizeof(struct usb_interface_descriptor), USB_DT_INTERFACE, 0, 0, 2, USB_CLASS_VENDOR_SPEC, 0, 0, 1},
     {sizeof(struct usb_endpoint_descriptor_no_audio), USB_DT_ENDPOINT, 0x81, USB_ENDPOINT_XFER_BULK, 64, 0},
     {sizeof(struct usb_endpoint_descriptor_no_audio), USB_DT_ENDPOINT, 0x02, USB_ENDPOINT_XFER_BULK, 64, 0}},
    {{sizeof(struct usb_interface_descriptor), USB_DT_INTERFACE, 0, 0, 2, USB_CLASS_VENDOR_SPEC, 0, 0, 1},
     {sizeof(struct usb_endpoint_descriptor_no_audio), USB_DT_ENDPOINT, 0x81, USB_ENDPOINT_XFER_BULK, 512, 0},
     {sizeof(struct usb_endpoint_descriptor_no_audio), USB_DT_ENDPOINT, 0x02, USB_ENDPOINT_XFER_BULK, 512, 0}},
};

#define INTERFACE_NAME "RigLink"
static const struct __attribute__((packed)) {
    struct usb_functionfs_strings_head head;
    uint16_t language;
    char name[sizeof INTERFACE_NAME];
} strings = {{FUNCTIONFS_STRINGS_MAGIC, sizeof strings, 1, 1}, 0x0409, INTERFACE_NAME};

static int endpoint_in, endpoint_out, far_end;

static int open_in(const char *folder, const char *name) {
    char path[4096];
    int line;
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) return -1;
    line = open(path, O_RDWR);
    if (line < 0) perror(path);
    return line;
}

/* Host to board. The endpoint fails while no host has the device configured: then it waits for one. */
static void *carry_out(void *unused) {
    char bytes[4096];
    (void)unused;
    for (;;) {
        ssize_t count = read(endpoint_out, bytes, sizeof bytes);
        if (count > 0 && write(far_end, bytes, (size_t)count) != count) return NULL;
        if (count < 0) usleep(20000);
    }
}

/* Board to host. A transfer that is no multiple of a packet ends with a short packet, so the host gets it at once. */
static void *carry_in(void *unused) {
    char bytes[4096];
    (void)unused;
    for (;;) {
        ssize_t count = read(far_end, bytes, sizeof bytes - 1), sent = 0;
        if (count <= 0) return NULL;
        while (sent < count) {
            size_t piece = (size_t)(count - sent);
            ssize_t done;
            if (piece % 64 == 0) piece--;
            done = write(endpoint_in, bytes + sent, piece);
            if (done > 0) sent += done;
            if (done < 0) {
                /* Unplugged: what was on its way is lost. */
                usleep(20000);
                break;
            }
        }
    }
}

int main(int count, char **arguments) {
    double rate = 250;
    int place = 1, carries_clock = 0, control, ends[2];
    pthread_t threads[2];
    if (count > place + 1 && strcmp(arguments[place], "--rate") == 0) {
        rate = strtod(arguments[place + 1], NULL);
        place += 2;
    }
    if (count > place && strcmp(arguments[place], "--clock") == 0) {
        carries_clock = 1;
        place++;
    }
    if (!(rate > 0 && rate <= 1e6) || count != place + 1) {
        fprintf(stderr, "usage: %s [--rate HZ] [--clock] FOLDER\n", arguments[0]);
        return 64;
    }
    control = open_in(arguments[place], "ep0");
    if (control < 0) return 66;
    if (write(control, &descriptors, sizeof descriptors) != sizeof descriptors ||
        write(control, &strings, sizeof strings) != sizeof strings) {
        perror("ep0");
        return 71;
    }
    endpoint_in = open_in(arguments[place], "ep1");
    endpoint_out = open_in(arguments[place], "ep2");
    if (endpoint_in < 0 || endpoint_out < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return 71;
    far_end = ends[1];
    if (pthread_create(&threads[0], NULL, carry_out, NULL) != 0 || pthread_create(&threads[1], NULL, carry_in, NULL) != 0) {
        return 71;
    }
    printf("ready\n");
    fflush(stdout);
    return serve_board(ends[0], ends[0], rate, carries_clock, 0);
}
