#ifndef LIB_LOG_H
#define LIB_LOG_H

#include <stdbool.h>

/*
 * One event, one line, one write to stderr: "hookroute: text" for a person, with
 * the level in front ("<6>hookroute: text", sd-daemon(3)) when the journal reads.
 * Under inetd(8), where stderr is the client's connection, it goes to syslog(3).
 * Control bytes are replaced by '?', so that no text can forge a line.  Included
 * from bin/ only.  Never pass tokens, keys, signatures or payloads.
 */

/* program: its name, kept.  debug: whether log_debug writes. */
void log_start(const char *program, bool debug);

/*
 * For one that logs much: lines of notice and below gather until log_flush, 4096 bytes, or
 * something worse.  Who gathers flushes before it waits, and before it forks.
 */
void log_gather(bool gather);
void log_flush(void);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_notice(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
