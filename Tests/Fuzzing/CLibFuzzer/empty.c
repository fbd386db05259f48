/* A target of C needs a source file. */
#include "CLibFuzzer.h"
