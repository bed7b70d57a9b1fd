#ifndef BIN_RUNJOB_SERVE_TERMS_H
#define BIN_RUNJOB_SERVE_TERMS_H

#include <stdint.h>

struct error;
struct layout;

/* What the settings say about how much clients may do. */
struct terms {
	uint64_t anonymous_ms; /* the jobs of an anonymous one may run in a day */
	unsigned rate; /* requests a second of one certificate or address; 0: any */
	unsigned connections;
	unsigned address_connections; /* 0: any number */
};

/* ERROR_CONFIG names the setting. */
int terms_read(struct terms *terms, const struct layout *layout, struct error *err);

#endif
