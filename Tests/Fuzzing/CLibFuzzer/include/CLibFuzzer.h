/* The one entry of LLVM's libFuzzer that the runner calls (llvm.org/docs/LibFuzzer.html, "Using libFuzzer as a library"). */
#ifndef CLIBFUZZER_H
#define CLIBFUZZER_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*take)(const uint8_t *data, size_t size));

#endif
