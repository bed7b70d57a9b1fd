#include "bin/hookrecv/guard.h"

#include <stdio.h>

#include "bin/hookrecv/limits.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/http_server.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/path.h"
#include "lib/str.h"

enum {
	MISSES = 10,
	MISSES_MAX = 1000000,
	SECOND_MS = 1000,
	MINUTE_MS = 60 * 1000,
	WINDOW_MS = 600 * 1000
};

/* Unset leaves it as it is. */
static int read_time(int64_t *ms, const struct config *config, const char *name,
		     struct error *err)
{
	const char *text = config_get(config, name);
	uint64_t given = 0;

	if (!text)
		return 0;
	if (str_to_duration(&given, text, err) < 0 || given < SECOND_MS ||
	    given > (uint64_t)BANS_TIME_MAX_MS)
		return error_set(err, ERROR_CONFIG,
				 "%s wants a time from 1s to 1d, not '%s'", name, text);
	*ms = (int64_t)given;
	return 0;
}

static int read_rules(struct bans_rules *rules, const struct config *config,
		      struct error *err)
{
	const char *text = config_get(config, "HOOKTOOLS_BAN_MISSES");
	uint64_t misses = MISSES;

	if (text && str_to_u64(&misses, text, 0, MISSES_MAX, err) < 0)
		return error_set(err, ERROR_CONFIG,
				 "HOOKTOOLS_BAN_MISSES wants a number up to %d, not '%s'",
				 MISSES_MAX, text);
	*rules = (struct bans_rules){ (unsigned)misses, WINDOW_MS, WINDOW_MS };
	if (read_time(&rules->window_ms, config, "HOOKTOOLS_BAN_WINDOW", err) < 0 ||
	    read_time(&rules->time_ms, config, "HOOKTOOLS_BAN_TIME", err) < 0)
		return -1;
	return 0;
}

static int read_local(bool *local, const struct config *config, struct error *err)
{
	const char *text = config_get(config, "HOOKTOOLS_BAN_LOCAL");

	if (text && !str_equal(text, "yes") && !str_equal(text, "no"))
		return error_set(err, ERROR_CONFIG,
				 "HOOKTOOLS_BAN_LOCAL is yes or no, not '%s'", text);
	*local = str_equal(text, "yes");
	return 0;
}

static int open_bans(struct bans *bans, const struct layout *layout,
		     const struct config *config, struct error *err)
{
	auto_free char *path = path_join(layout->state, "bans");
	struct bans_rules rules = { 0 };

	if (read_rules(&rules, config, err) < 0)
		return -1;
	return bans_open(bans, path, &rules, err);
}

int guard_open_bans(struct bans *bans, const struct layout *layout, struct error *err)
{
	auto_config struct config config = CONFIG_EMPTY;

	if (config_load(&config, layout, err) < 0)
		return -1;
	return open_bans(bans, layout, &config, err);
}

int guard_open(struct guard *guard, const struct layout *layout,
	       const struct source_trust *trust, const struct limits *limits,
	       struct error *err)
{
	auto_config struct config config = CONFIG_EMPTY;

	guard->trust = trust;
	guard->limits = limits;
	rate_open(&guard->rate, limits->rate);
	if (config_load(&config, layout, err) < 0 ||
	    read_local(&guard->bans_local, &config, err) < 0)
		return -1;
	return open_bans(&guard->bans, layout, &config, err);
}

void guard_close(struct guard *guard)
{
	bans_close(&guard->bans);
	rate_close(&guard->rate);
}

/* Several headers of one name are one list, RFC 9110 5.3. */
static void add_forwarded(const char *name, const char *value, void *data)
{
	struct buf *list = data;

	if (str_equal_nocase(name, "X-Forwarded-For"))
		buf_add_format(list, "%s%s", list->len ? "," : "", value);
}

struct source guard_source(const struct guard *guard,
			   const struct http_exchange *exchange)
{
	auto_buf struct buf forwarded = BUF_EMPTY;
	struct source source = { .text = "" };

	if (guard->trust->count)
		http_each_header(exchange, add_forwarded, &forwarded);
	source_find(&source, guard->trust, http_remote(exchange), buf_str(&forwarded));
	return source;
}

/* To ban a proxy would be to ban everybody behind it. */
static bool is_exempt(const struct guard *guard, const struct address *address)
{
	return source_is_trusted(guard->trust, address) ||
	       (!guard->bans_local && address_is_local(address));
}

static void tell_full(struct guard *guard, const struct address *address)
{
	struct address owner = address_owner(address);
	int64_t now_ms = date_now_ms();
	char text[ADDRESS_LEN + 3];

	if (now_ms - guard->full_ms < MINUTE_MS && now_ms >= guard->full_ms)
		return;
	guard->full_ms = now_ms;
	address_format_owner(text, &owner);
	log_warning("connections of %s are closed: it has %u", text,
		    guard->limits->address_connections);
}

bool guard_welcome(struct guard *guard, const struct address *address, unsigned others)
{
	if (others < guard->limits->address_connections ||
	    !guard->limits->address_connections || is_exempt(guard, address))
		return true;
	tell_full(guard, address);
	return false;
}

static void answer_later(struct http_exchange *exchange, int64_t wait_ms,
			 const char *code, const char *message)
{
	char seconds[24];

	snprintf(seconds, sizeof(seconds), "%jd",
		 (intmax_t)((wait_ms + SECOND_MS - 1) / SECOND_MS));
	http_answer_header(exchange, "Retry-After", seconds);
	http_answer_error(exchange, 429, code, message);
}

bool guard_refuse(struct guard *guard, struct http_exchange *exchange)
{
	const struct source source = guard_source(guard, exchange);
	int64_t now_ms = date_now_ms();
	int64_t end_ms;
	int64_t wait_ms;

	if (is_exempt(guard, &source.address))
		return false;
	end_ms = bans_end(&guard->bans, &source.address, now_ms);
	wait_ms = rate_count(&guard->rate, &source.address, now_ms);
	if (end_ms)
		answer_later(exchange, end_ms - now_ms, "banned",
			     "too many wrong requests from you");
	else if (wait_ms)
		answer_later(exchange, wait_ms, "too_many_requests",
			     "too many requests from you");
	return end_ms || wait_ms;
}

/* contrib/fail2ban reads these two lines, and knows them by their ends: whatever else a
 * sender can have us log ends in an address or an id. */
void guard_miss(struct guard *guard, const struct http_exchange *exchange,
		const char *why)
{
	const struct source source = guard_source(guard, exchange);
	int64_t now_ms = date_now_ms();
	struct bans_miss miss = { 0, 0 };

	if (!is_exempt(guard, &source.address))
		miss = bans_add_miss(&guard->bans, &source.address, now_ms);
	metrics_miss(&guard->metrics, miss.end_ms != 0);
	log_notice("miss from %s: %s (%u of %u)", source.text, why, miss.count,
		   guard->bans.rules.misses);
	if (miss.end_ms)
		log_warning("ban of %s for %jd seconds (%u misses)", source.text,
			    (intmax_t)(miss.end_ms - now_ms) / SECOND_MS, miss.count);
}
