#ifndef LIB_PRESSURE_H
#define LIB_PRESSURE_H

#include <stdbool.h>
#include <stdint.h>

struct config;
struct error;

/*
 * How much of the time something had to wait for a resource, as the kernel tells it (PSI,
 * /proc/pressure), and above which of it no job shall begin: HOOKTOOLS_PRESSURE.  What is
 * compared is "some avg10", hundredths of a per cent here.
 */
enum pressure_kind { PRESSURE_CPU, PRESSURE_MEMORY, PRESSURE_IO, PRESSURE_KINDS };

struct pressure {
	int fds[PRESSURE_KINDS]; /* -1: any pressure will do */
	unsigned limits[PRESSURE_KINDS];
};

#define PRESSURE_NONE                                                                    \
	{                                                                                \
		{ -1, -1, -1 },                                                          \
		{                                                                        \
			0                                                                \
		}                                                                        \
	}
#define auto_pressure __attribute__((cleanup(pressure_close)))

/* As the settings have it.  What is no limit, and a limit of what this machine does not tell
 * (unless best-effort is said), is ERROR_CONFIG. */
int pressure_open(struct pressure *pressure, const struct config *config,
		  struct error *err);
void pressure_close(struct pressure *pressure);

const char *pressure_name(enum pressure_kind kind);

/* What is above its limit, the furthest; false: nothing is. */
struct pressure_over {
	enum pressure_kind kind;
	unsigned now;
	unsigned limit;
};

bool pressure_is_over(struct pressure_over *over, const struct pressure *pressure);

/* How long it lasts at least until that is at its limit, should nothing wait from now on. */
int pressure_fall_ms(const struct pressure_over *over);

/* Have poll(2) give POLLPRI on its descriptor for each two seconds of which more than the limit
 * was waited.  False: this kernel does not do that for us, or it is no file of the kernel. */
bool pressure_watch(const struct pressure *pressure, enum pressure_kind kind);

/* As people read it, "71.20". */
enum { PRESSURE_LEN = 16 };
void pressure_text(char text[static PRESSURE_LEN], unsigned hundredths);

#endif
