#include "scripted_usb.h"

#include <errno.h>
#include <linux/types.h>
#include <linux/usbdevice_fs.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <umockdev.h>

enum { NODE_MAX = 64, PACKETS_MAX = 256, PACKET_BYTES = 16384, OUT_BYTES = 1 << 20 };

static const char device_path[] = "/sys/devices/usb1";
static const char node[] = "/dev/bus/usb/001/001";

/* What sysfs says of a device at this place; the rest differs. */
#define DEVICE                          \
    "P: /devices/usb1\n"                \
    "N: bus/usb/001/001\n"              \
    "E: SUBSYSTEM=usb\n"                \
    "E: DRIVER=usb\n"                   \
    "E: BUSNUM=001\n"                   \
    "E: DEVNUM=001\n"                   \
    "E: DEVNAME=/dev/bus/usb/001/001\n" \
    "E: DEVTYPE=usb_device\n"           \
    "A: bConfigurationValue=1\\n\n"     \
    "A: busnum=1\\n\n"                  \
    "A: devnum=1\\n\n"                  \
    "A: bDeviceClass=00\\n\n"           \
    "A: manufacturer=Larmor\\n\n"

static const struct {
    const char *description;
    /* Manufacturer, product and serial number are strings 1, 2 and 3. */
    const char *names[4];
    int urb_type;
    uint8_t in_endpoint;
} kinds[] = {
    /* High speed; one configuration, one interface of class FF, two bulk endpoints of 512. */
    [SCRIPTED_USB_BOARD] =
        {DEVICE
         "A: speed=480\\n\n"
         "A: idVendor=1209\\n\n"
         "A: idProduct=0001\\n\n"
         "A: product=scripted board\\n\n"
         "A: serial=0001\\n\n"
         "H: descriptors="
         "12010002000000400912010000010102"
         "0301"
         "0902200001010080320904000002FF000000"
         "07058102000200"
         "07050202000200\n",
         {"", "Larmor", "scripted board", "0001"},
         USBDEVFS_URB_TYPE_BULK,
         0x81},
    /* Full speed; interfaces and endpoints as emokit's doc/usbinfo.txt lists them. */
    [SCRIPTED_USB_DONGLE] =
        {DEVICE
         "A: speed=12\\n\n"
         "A: idVendor=21a1\\n\n"
         "A: idProduct=0001\\n\n"
         "A: product=scripted dongle\\n\n"
         "A: serial=0002\\n\n"
         "H: descriptors="
         "1201000200000008A12101000300010203"
         "01"
         "09023B000201008032"
         "0904000001030000000921110121012214000705810308"
         "0001"
         "090401000103000004092111010001221C000705820320"
         "0001\n",
         {"", "Larmor", "scripted dongle", "0002"},
         USBDEVFS_URB_TYPE_INTERRUPT,
         0x82},
};

static struct {
    pthread_mutex_t lock;
    scripted_usb_kind kind;
    UMockdevTestbed *bed;
    UMockdevIoctlBase *handler;
    /* In flight, in the order in which they were sent off. */
    UMockdevIoctlData *flying[NODE_MAX];
    int flying_count;
    /* Ended, waiting to be reaped, in order. */
    UMockdevIoctlData *ended[NODE_MAX];
    int ended_count;
    struct {
        uint8_t bytes[PACKET_BYTES];
        size_t count;
    } packets[PACKETS_MAX];
    int packets_first, packets_count;
    uint8_t out[OUT_BYTES];
    size_t out_count;
    int fail_status, is_held, is_gone, claim_error;
    scripted_usb_counts counts;
} usb = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct usbdevfs_urb *urb_of(UMockdevIoctlData *data) { return (struct usbdevfs_urb *)data->data; }

static int is_in(const struct usbdevfs_urb *urb) {
    return urb->type == kinds[usb.kind].urb_type && urb->endpoint == kinds[usb.kind].in_endpoint;
}

/* Takes the transfer out of the flying ones, for whoever is to reap it. */
static void end_flying(int index, int status, int length) {
    UMockdevIoctlData *data = usb.flying[index];
    struct usbdevfs_urb *urb = urb_of(data);
    urb->status = status;
    urb->actual_length = length;
    if (is_in(urb)) usb.counts.flying_in--;
    memmove(&usb.flying[index], &usb.flying[index + 1], sizeof usb.flying[0] * (size_t)(usb.flying_count - index - 1));
    usb.flying_count--;
    usb.ended[usb.ended_count++] = data;
}

static int oldest(int wants_in) {
    int index;
    for (index = 0; index < usb.flying_count; index++) {
        const struct usbdevfs_urb *urb = urb_of(usb.flying[index]);
        if (urb->type == kinds[usb.kind].urb_type && is_in(urb) == wants_in) return index;
    }
    return -1;
}

/* Lets waiting packets and OUT transfers end what they can. */
static void move_bytes(void) {
    int index;
    while ((usb.fail_status != 0 || usb.packets_count > 0) && (index = oldest(1)) >= 0) {
        struct usbdevfs_urb *urb = urb_of(usb.flying[index]);
        size_t count;
        if (usb.fail_status != 0) {
            end_flying(index, usb.fail_status, 0);
            usb.fail_status = 0;
            continue;
        }
        count = usb.packets[usb.packets_first].count;
        if (count > (size_t)urb->buffer_length) count = (size_t)urb->buffer_length;
        memcpy(urb->buffer, usb.packets[usb.packets_first].bytes, count);
        usb.packets_first = (usb.packets_first + 1) % PACKETS_MAX;
        usb.packets_count--;
        end_flying(index, 0, (int)count);
    }
    while (!usb.is_held && (index = oldest(0)) >= 0) {
        struct usbdevfs_urb *urb = urb_of(usb.flying[index]);
        size_t count = (size_t)urb->buffer_length;
        if (count > OUT_BYTES - usb.out_count) count = OUT_BYTES - usb.out_count;
        memcpy(usb.out + usb.out_count, urb->buffer, count);
        usb.out_count += count;
        end_flying(index, 0, urb->buffer_length);
    }
}

/* GET_DESCRIPTOR for strings: the languages, and the three names. */
static void answer_control(int index) {
    struct usbdevfs_urb *urb = urb_of(usb.flying[index]);
    uint8_t *bytes = urb->buffer;
    uint8_t answer[128];
    int length = 0, room = bytes[6] | bytes[7] << 8;
    if (bytes[0] != 0x80 || bytes[1] != 6 || bytes[3] != 3 || bytes[2] > 3) {
        end_flying(index, -EPIPE, 0);
        return;
    }
    if (bytes[2] == 0) {
        answer[2] = 0x09;
        answer[3] = 0x04;
        length = 4;
    } else {
        const char *name = kinds[usb.kind].names[bytes[2]];
        for (length = 2; *name; length += 2) {
            answer[length] = (uint8_t)*name++;
            answer[length + 1] = 0;
        }
    }
    answer[0] = (uint8_t)length;
    answer[1] = 3;
    if (length > room) length = room;
    memcpy(bytes + 8, answer, (size_t)length);
    end_flying(index, 0, length);
}

static int submit(UMockdevIoctlClient *client, UMockdevIoctlData *argument) {
    UMockdevIoctlData *data, *buffer;
    struct usbdevfs_urb *urb;
    if (usb.is_gone || usb.flying_count + usb.ended_count == NODE_MAX) {
        umockdev_ioctl_client_complete(client, -1, usb.is_gone ? ENODEV : ENOMEM);
        return 1;
    }
    data = umockdev_ioctl_data_resolve(argument, 0, sizeof(struct usbdevfs_urb), NULL);
    urb = urb_of(data);
    buffer = umockdev_ioctl_data_resolve(
        data, G_STRUCT_OFFSET(struct usbdevfs_urb, buffer), (gsize)urb->buffer_length, NULL);
    usb.flying[usb.flying_count++] = data;
    if (urb->type == USBDEVFS_URB_TYPE_CONTROL) {
        answer_control(usb.flying_count - 1);
    } else if (is_in(urb)) {
        usb.counts.submitted_in++;
        if (++usb.counts.flying_in > usb.counts.flying_in_max) usb.counts.flying_in_max = usb.counts.flying_in;
    } else {
        usb.counts.submitted_out++;
    }
    if (buffer != NULL) umockdev_ioctl_data_unref(buffer);
    move_bytes();
    umockdev_ioctl_client_complete(client, 0, 0);
    return 1;
}

static int reap(UMockdevIoctlClient *client, UMockdevIoctlData *argument) {
    UMockdevIoctlData *pointer, *data;
    if (usb.ended_count == 0) {
        umockdev_ioctl_client_complete(client, -1, usb.is_gone ? ENODEV : EAGAIN);
        return 1;
    }
    data = usb.ended[0];
    memmove(&usb.ended[0], &usb.ended[1], sizeof usb.ended[0] * (size_t)--usb.ended_count);
    usb.counts.reaped++;
    pointer = umockdev_ioctl_data_resolve(argument, 0, sizeof(gpointer), NULL);
    umockdev_ioctl_data_set_ptr(pointer, 0, data);
    umockdev_ioctl_client_complete(client, 0, 0);
    umockdev_ioctl_data_unref(pointer);
    umockdev_ioctl_data_unref(data);
    return 1;
}

static int discard(UMockdevIoctlClient *client, UMockdevIoctlData *argument) {
    gulong wanted = (gulong) * (void **)argument->data;
    int index;
    for (index = 0; index < usb.flying_count; index++) {
        if (usb.flying[index]->client_addr != wanted) continue;
        usb.counts.discarded++;
        end_flying(index, -ENOENT, 0);
        umockdev_ioctl_client_complete(client, 0, 0);
        return 1;
    }
    umockdev_ioctl_client_complete(client, -1, usb.is_gone ? ENODEV : EINVAL);
    return 1;
}

static int answer(UMockdevIoctlClient *client) {
    UMockdevIoctlData *argument = umockdev_ioctl_client_get_arg(client), *data;
    switch (umockdev_ioctl_client_get_request(client)) {
    case USBDEVFS_GET_CAPABILITIES:
        data = umockdev_ioctl_data_resolve(argument, 0, sizeof(guint32), NULL);
        *(guint32 *)data->data = USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_BULK_CONTINUATION |
            USBDEVFS_CAP_NO_PACKET_SIZE_LIM | USBDEVFS_CAP_BULK_SCATTER_GATHER | USBDEVFS_CAP_REAP_AFTER_DISCONNECT;
        umockdev_ioctl_client_complete(client, 0, 0);
        umockdev_ioctl_data_unref(data);
        return 1;
    case USBDEVFS_DISCONNECT_CLAIM:
    case USBDEVFS_CLAIMINTERFACE: {
        int error = usb.is_gone ? ENODEV : usb.claim_error;
        /* As the kernel does, claiming with disconnection takes the interface from its driver. */
        if (error == 0 && umockdev_ioctl_client_get_request(client) == USBDEVFS_DISCONNECT_CLAIM &&
            usb.kind == SCRIPTED_USB_DONGLE)
            usb.counts.driver_detached++;
        umockdev_ioctl_client_complete(client, error ? -1 : 0, error);
        return 1;
    }
    case USBDEVFS_IOCTL:
        /* The one command that libusb sends so when it releases an interface: the driver may have it back. */
        if (!usb.is_gone) usb.counts.driver_attached++;
        umockdev_ioctl_client_complete(client, usb.is_gone ? -1 : 0, usb.is_gone ? ENODEV : 0);
        return 1;
    case USBDEVFS_RELEASEINTERFACE:
        usb.counts.released++;
        usb.counts.flying_at_release = usb.flying_count;
        umockdev_ioctl_client_complete(client, usb.is_gone ? -1 : 0, usb.is_gone ? ENODEV : 0);
        return 1;
    case USBDEVFS_SUBMITURB: return submit(client, argument);
    case USBDEVFS_REAPURB:
    case USBDEVFS_REAPURBNDELAY: return reap(client, argument);
    case USBDEVFS_DISCARDURB: return discard(client, argument);
    default:
        /* Asking for a kernel driver and the like: there is none. */
        umockdev_ioctl_client_complete(client, -1, ENODATA);
        return 1;
    }
}

static gboolean handle(UMockdevIoctlBase *handler, UMockdevIoctlClient *client, gpointer unused) {
    int is_handled;
    (void)handler;
    (void)unused;
    pthread_mutex_lock(&usb.lock);
    is_handled = answer(client);
    pthread_mutex_unlock(&usb.lock);
    return is_handled;
}

int scripted_usb_plug_in(scripted_usb_kind kind) {
    const char *preloaded = getenv("LD_PRELOAD");
    if (preloaded == NULL || strstr(preloaded, "umockdev-preload") == NULL) return 0;
    usb.kind = kind;
    usb.bed = umockdev_testbed_new();
    usb.handler = umockdev_ioctl_base_new();
    g_signal_connect_after(usb.handler, "handle-ioctl", G_CALLBACK(handle), NULL);
    return umockdev_testbed_attach_ioctl(usb.bed, node, usb.handler, NULL) &&
        umockdev_testbed_add_from_string(usb.bed, kinds[kind].description, NULL);
}

int scripted_usb_send(const uint8_t *bytes, size_t count) {
    int place, is_taken;
    pthread_mutex_lock(&usb.lock);
    is_taken = usb.packets_count < PACKETS_MAX && count <= PACKET_BYTES;
    if (is_taken) {
        place = (usb.packets_first + usb.packets_count++) % PACKETS_MAX;
        memcpy(usb.packets[place].bytes, bytes, count);
        usb.packets[place].count = count;
    }
    move_bytes();
    pthread_mutex_unlock(&usb.lock);
    return is_taken;
}

void scripted_usb_fail(int status) {
    pthread_mutex_lock(&usb.lock);
    usb.fail_status = status;
    move_bytes();
    pthread_mutex_unlock(&usb.lock);
}

void scripted_usb_hold_out(int is_held) {
    pthread_mutex_lock(&usb.lock);
    usb.is_held = is_held;
    move_bytes();
    pthread_mutex_unlock(&usb.lock);
}

void scripted_usb_refuse_claim(int error_number) {
    pthread_mutex_lock(&usb.lock);
    usb.claim_error = error_number;
    pthread_mutex_unlock(&usb.lock);
}

void scripted_usb_unplug(int with_event) {
    pthread_mutex_lock(&usb.lock);
    usb.is_gone = 1;
    while (usb.flying_count > 0) end_flying(0, -ESHUTDOWN, 0);
    pthread_mutex_unlock(&usb.lock);
    if (with_event) umockdev_testbed_uevent(usb.bed, device_path, "remove");
}

void scripted_usb_plug_again(void) {
    pthread_mutex_lock(&usb.lock);
    usb.packets_count = 0;
    usb.is_gone = 0;
    pthread_mutex_unlock(&usb.lock);
}

size_t scripted_usb_received(uint8_t *bytes, size_t capacity) {
    size_t count;
    pthread_mutex_lock(&usb.lock);
    count = usb.out_count < capacity ? usb.out_count : capacity;
    memcpy(bytes, usb.out, count);
    count = usb.out_count;
    pthread_mutex_unlock(&usb.lock);
    return count;
}

scripted_usb_counts scripted_usb_count(void) {
    scripted_usb_counts counts;
    pthread_mutex_lock(&usb.lock);
    counts = usb.counts;
    pthread_mutex_unlock(&usb.lock);
    return counts;
}
