#ifndef BIN_GHSTATS_SERVE_PARAMETERS_H
#define BIN_GHSTATS_SERVE_PARAMETERS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/stats_rows.h"

struct error;
struct http_exchange;
struct page;

/* The parameters of a request, checked. */
struct parameters {
	const char *rest; /* of the path, behind the page's own */
	struct stats_question question;
	const char *by;	   /* NULL: not given */
	struct buf key;	   /* of after */
	const char *field; /* the one that is wrong */
	struct buf next;   /* the cursor of the next page; empty: there is none */
	unsigned given;
};

#define auto_parameters __attribute__((cleanup(parameters_free)))

/* ERROR_USAGE, and given->field, for one that is unknown, twice there, or of no use. */
int parameters_read(struct parameters *given, struct http_exchange *exchange,
		    const struct page *page, int64_t now_ms, struct error *err);
void parameters_free(struct parameters *given);

#endif
