/* A USB device without hardware: plays the kernel's usbfs for libusb in the same process, through umockdev.
 *
 * The process must run with libumockdev-preload.so.0 preloaded. All functions may be called from any thread.
 */
#ifndef SCRIPTED_USB_H
#define SCRIPTED_USB_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    /* 1209:0001, serial number "0001": one interface of class 0xFF, bulk IN 0x81 and bulk OUT 0x02. */
    SCRIPTED_USB_BOARD,
    /* 21a1:0001: two HID interfaces, of which the second has interrupt IN 0x82 with packets of 32 bytes, and a kernel driver
     * on each, as an Emotiv dongle has. */
    SCRIPTED_USB_DONGLE
} scripted_usb_kind;

/* Plugs the device in. Returns 0 when the test bed cannot be made. */
int scripted_usb_plug_in(scripted_usb_kind kind);

/* The device sends one packet: it ends the oldest flying IN transfer, or waits for the next one. Returns 0 when too many wait. */
int scripted_usb_send(const uint8_t *bytes, size_t count);

/* The next IN transfer to end has this status (a negative error number) and no bytes. */
void scripted_usb_fail(int status);

/* OUT transfers stay in flight until this is 0 again. */
void scripted_usb_hold_out(int is_held);

/* Claiming the interface is refused with this error number; 0 allows it. */
void scripted_usb_refuse_claim(int error_number);

/* The cable is pulled: flying transfers end with -ESHUTDOWN, everything else fails with ENODEV.
 * with_event: the hot-plug event comes too, as it does where udev runs. */
void scripted_usb_unplug(int with_event);

/* The cable is plugged in again: packets that waited are gone. */
void scripted_usb_plug_again(void);

/* Bytes that came on the OUT endpoint; up to capacity go to bytes. Returns how many there are. */
size_t scripted_usb_received(uint8_t *bytes, size_t capacity);

/* What the kernel's side counted. */
typedef struct {
    int submitted_in, submitted_out, discarded, reaped;
    /* IN transfers in flight now, and the most there ever were. */
    int flying_in, flying_in_max;
    /* Transfers that were in flight when the interface was released or the device closed: must be 0. */
    int flying_at_release;
    int released;
    /* How often a kernel driver let go of the interface, and got it back. */
    int driver_detached, driver_attached;
} scripted_usb_counts;
scripted_usb_counts scripted_usb_count(void);

#endif
