#pragma once
#include <libusb.h>

/* Runs callbacks for so many milliseconds, or until something completed. */
static inline int larmor_usb_handle_events(libusb_context *context, int milliseconds) {
    struct timeval time = {milliseconds / 1000, milliseconds % 1000 * 1000};
    return libusb_handle_events_timeout_completed(context, &time, NULL);
}
