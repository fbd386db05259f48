/// Answers for the modem lines of a serial stand-in. Preloaded, not linked; see modem_lines.c.
#ifndef LARMOR_MODEM_LINES_H
#define LARMOR_MODEM_LINES_H
int larmor_modem_lines_version(void);
#endif
