#include "lib/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static const struct {
	enum error_kind kind;
	int status;
} statuses[] = {
	{ ERROR_ABSENT, 1 },	     { ERROR_USAGE, EX_USAGE },
	{ ERROR_DATA, EX_DATAERR },  { ERROR_BUG, EX_SOFTWARE },
	{ ERROR_SYSTEM, EX_OSERR },  { ERROR_TEMPORARY, EX_TEMPFAIL },
	{ ERROR_DENIED, EX_NOPERM }, { ERROR_CONFIG, EX_CONFIG },
};

static void set_message(struct error *err, const char *format, va_list list)
	__attribute__((format(printf, 2, 0)));
static void prefix_message(struct error *err, const char *format, va_list list)
	__attribute__((format(printf, 2, 0)));

static enum error_kind kind_of_errno(int number)
{
	switch (number) {
	case EAGAIN:
	case EINTR:
	case ETIMEDOUT:
	case ECONNREFUSED:
	case ECONNRESET:
		return ERROR_TEMPORARY;
	case EACCES:
	case EPERM:
		return ERROR_DENIED;
	default:
		return ERROR_SYSTEM;
	}
}

static void set_message(struct error *err, const char *format, va_list list)
{
	vsnprintf(err->message, sizeof(err->message), format, list);
}

/* The texts may be cut; what is in front, the operation and the object, stays. */
static void prefix_message(struct error *err, const char *format, va_list list)
{
	char old[sizeof(err->message)];
	size_t len;

	memcpy(old, err->message, sizeof(old));
	set_message(err, format, list);
	len = strlen(err->message);
	snprintf(err->message + len, sizeof(err->message) - len, ": %s", old);
}

int(error_set)(struct error *err, enum error_kind kind, const char *format, ...)
{
	va_list list;

	err->kind = kind;
	va_start(list, format);
	set_message(err, format, list);
	va_end(list);
	return -1;
}

int(error_errno)(struct error *err, const char *format, ...)
{
	int number = errno;
	va_list list;

	err->kind = kind_of_errno(number);
	snprintf(err->message, sizeof(err->message), "%s", strerror(number));
	va_start(list, format);
	prefix_message(err, format, list);
	va_end(list);
	return -1;
}

int(error_wrap)(struct error *err, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	prefix_message(err, format, list);
	va_end(list);
	return -1;
}

int error_exit_status(const struct error *err)
{
	size_t i;

	for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (statuses[i].kind == err->kind)
			return statuses[i].status;
	}
	return EX_SOFTWARE;
}

const char *error_retry_word(const struct error *err)
{
	if (err->kind == ERROR_TEMPORARY || err->kind == ERROR_SYSTEM)
		return "temporary";
	return "permanent";
}
