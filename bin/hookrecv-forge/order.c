#include "bin/hookrecv-forge/order.h"

#include <stdlib.h>
#include <string.h>

#include "lib/error.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"

/* What a path may consist of: nothing that would leave the API. */
static bool is_path(const char *path)
{
	return path[0] == '/' && path[1] != '/' && !strstr(path, "..") &&
	       strspn(path,
		      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
		      "/._-?=&%+,~") == strlen(path);
}

static char *text(struct str_view line, const char *name)
{
	struct str_view view = { "", 0 };

	(void)json_plain_string(&view, line, name); /* one that is missing is "" */
	return str_format("%.*s", (int)view.len, view.data);
}

static bool is_digits(const char *digits)
{
	return strspn(digits, "0123456789") == strlen(digits);
}

static bool is_complete(const struct order *order)
{
	return is_path(order->path) && (!*order->next || is_path(order->next)) &&
	       (!*order->known || is_path(order->known)) && is_digits(order->delivery) &&
	       is_digits(order->after);
}

int order_read(struct order *order, struct str_view line, struct error *err)
{
	auto_order struct order read = ORDER_EMPTY;
	struct str_view forge = { "", 0 };

	if (!json_plain_is_valid(line) || !json_plain_string(&forge, line, "forge") ||
	    !json_plain_string(&read.op, line, "op") ||
	    !json_plain_string(&read.token, line, "token"))
		return error_set(err, ERROR_DATA, "an order has forge, op and token");
	read.is_gitlab = str_view_equal(forge, "gitlab");
	read.path = text(line, "path");
	read.url = text(line, "url");
	read.known = text(line, "known");
	read.delivery = text(line, "delivery");
	read.after = text(line, "after");
	read.next = text(line, "next");
	(void)json_plain_string(&read.events, line, "events");
	(void)json_scan_member(&read.secret, line, "secret");
	(void)json_plain_u64(&read.since_ms, line, "since_ms");
	(void)json_plain_u64(&read.pages, line, "pages");
	if (!is_complete(&read))
		return error_set(err, ERROR_DATA, "'%.200s' is no path in an API",
				 read.path);
	*order = read;
	read = (struct order)ORDER_EMPTY;
	return 0;
}

void order_free(struct order *order)
{
	free(order->path);
	free(order->url);
	free(order->known);
	free(order->delivery);
	free(order->after);
	free(order->next);
	*order = (struct order)ORDER_EMPTY;
}
