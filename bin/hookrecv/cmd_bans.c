#include "bin/hookrecv/commands.h"

#include <unistd.h>

#include "bin/hookrecv/guard.h"
#include "bin/hookrecv/options.h"
#include "bin/hookrecv/print.h"
#include "lib/buf.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/str.h"

struct listing {
	struct buf out;
	bool json;
};

static void write_ban(void *context, const struct ban *ban)
{
	struct listing *listing = context;
	struct json_writer writer = JSON_WRITER(&listing->out);
	char address[ADDRESS_LEN + sizeof("/64")] = "";
	char since[DATE_LEN];
	char until[DATE_LEN];

	address_format_owner(address, ban->address);
	date_format(since, ban->since_ms);
	date_format(until, ban->end_ms);
	if (!listing->json) {
		buf_add_format(&listing->out, "%-24s  %s  %s  %u\n", address, since,
			       until, ban->times);
		return;
	}
	json_write_object(&writer, NULL);
	json_write_string(&writer, "address", address);
	json_write_string(&writer, "since", since);
	json_write_string(&writer, "until", until);
	json_write_u64(&writer, "times", ban->times);
	json_write_object_end(&writer);
	buf_add_char(&listing->out, '\n');
}

static int list(const struct bans *bans, bool json, struct error *err)
{
	struct listing listing = { BUF_EMPTY, json };
	int result;

	if (!json)
		buf_add_format(&listing.out, "%-24s  %-24s  %-24s  %s\n", "ADDRESS",
			       "SINCE", "UNTIL", "TIMES");
	bans_each(bans, date_now_ms(), write_ban, &listing);
	result = print_out(&listing.out, err);
	buf_free(&listing.out);
	return result;
}

static int lift(struct bans *bans, const char *text, struct error *err)
{
	struct address_range range = { { { 0 } }, 0 };

	if (!text)
		return error_set(err, ERROR_USAGE, "bans lift wants an address");
	/* An address, or a /64 as list prints it. */
	if (address_parse_range(&range, text, err) < 0)
		return -1;
	if (!bans_lift(bans, &range.first, date_now_ms()))
		return error_set(err, ERROR_ABSENT, "'%s' is not banned", text);
	return 0;
}

int cmd_bans(const struct options *options, const struct layout *layout,
	     struct error *err)
{
	const char *what = options->operand ? options->operand : "list";
	auto_bans struct bans bans = BANS_NONE;

	if (!str_equal(what, "lift") && (!str_equal(what, "list") || options->second))
		return error_set(err, ERROR_USAGE, "bans takes list or lift ADDR");
	if (guard_open_bans(&bans, layout, err) < 0)
		return -1;
	if (str_equal(what, "lift"))
		return lift(&bans, options->second, err);
	return list(&bans, options->json || !isatty(STDOUT_FILENO), err);
}
