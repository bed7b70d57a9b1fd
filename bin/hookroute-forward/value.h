#ifndef BIN_HOOKROUTE_FORWARD_VALUE_H
#define BIN_HOOKROUTE_FORWARD_VALUE_H

#include "lib/buf.h"
#include "lib/str.h"

struct error;

/* What came on a line, as far as it is looked at. */
struct value {
	struct str_view line;
	struct buf id;	    /* letters, digits, - and _; never empty */
	struct buf text;    /* of the member "text", unescaped; may be empty */
	struct buf subject; /* likewise; may be empty */
};

#define VALUE_EMPTY                                                                      \
	{                                                                                \
		{ NULL, 0 }, BUF_EMPTY, BUF_EMPTY, BUF_EMPTY                             \
	}
#define auto_value __attribute__((cleanup(value_free)))

/* ERROR_DATA: it is no object with an id.  line must live as long as value. */
int value_read(struct value *value, struct str_view line, struct error *err);
void value_free(struct value *value);

/* The same, for those who send its text: there must be one. */
int value_read_text(struct value *value, struct str_view line, struct error *err);

#endif
