#ifndef LIB_ERROR_H
#define LIB_ERROR_H

/*
 * A failure as its caller needs it: what may be done about it, and one line
 * that names the operation and the object.  It lives on the caller's stack;
 * there is nothing to free.  Every fallible function of hooktools returns 0 or
 * -1 and takes a struct error as its last parameter.
 */
enum error_kind {
	ERROR_NONE,
	ERROR_ABSENT,	 /* the answer is no, or what was asked for is not there: 1 */
	ERROR_USAGE,	 /* wrong command line, never retry: 64 */
	ERROR_DATA,	 /* bad input, set it aside: 65 */
	ERROR_BUG,	 /* ours, report it: 70 */
	ERROR_SYSTEM,	 /* no memory, disk, descriptors, retry: 71 */
	ERROR_TEMPORARY, /* network, lock, rate limit, retry later: 75 */
	ERROR_DENIED,	 /* bad signature, forbidden, set it aside: 77 */
	ERROR_CONFIG,	 /* bad configuration, stop: 78 */
};

struct error {
	enum error_kind kind;
	char message[512];
};

/* Fill err with a kind and a message; always returns -1. */
int error_set(struct error *err, enum error_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Fill err from errno: the message gets ": <strerror>" behind it.  EAGAIN,
 * EINTR, ETIMEDOUT and refused or reset connections become ERROR_TEMPORARY,
 * EACCES and EPERM become ERROR_DENIED, all others ERROR_SYSTEM.  Always -1.
 */
int error_errno(struct error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Put "<text>: " in front of the message of an error that is set; always -1. */
int error_wrap(struct error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What the analyzer would have to look into another file for. */
#if defined(__clang_analyzer__) || defined(HOOKTOOLS_ANALYZE)
#define error_set(...) ((void)(error_set)(__VA_ARGS__), -1)
#define error_errno(...) ((void)(error_errno)(__VA_ARGS__), -1)
#define error_wrap(...) ((void)(error_wrap)(__VA_ARGS__), -1)
#endif

/* The exit status of sysexits(3) that tells the caller what to do; 70 for ERROR_NONE. */
int error_exit_status(const struct error *err);

/* "temporary" when a retry may help (temporary, system), else "permanent"; hookpipe(7). */
const char *error_retry_word(const struct error *err);

#endif
