#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "bin/tokenmint/doctor.h"
#include "bin/tokenmint/token.h"
#include "lib/audit.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"
#include "lib/path.h"

#define SCOPE "installation/"
#define HALF_HOUR_MS ((int64_t)30 * 60 * 1000)
#define DAY_MS ((int64_t)24 * 3600 * 1000)
#define TRAIL_LIMIT ((size_t)256 << 20)
#define STATUS_MAX 600

struct ages {
	uint64_t long_lived; /* half an hour and more is left */
	uint64_t short_lived;
	uint64_t expired; /* and not scoped: refresh would have renewed it */
	int64_t oldest_ms;
};

static int count_token(struct ages *ages, const struct doctor *doctor,
		       struct str_view line, struct error *err)
{
	auto_vault_secret struct vault_secret token = VAULT_SECRET_EMPTY;
	auto_free char *name = str_format("%.*s", (int)line.len, line.data);
	int64_t left_ms = 0;

	if (vault_get(&token, &doctor->mint->vault, name, err) < 0)
		return -1;
	left_ms = token.expires_ms - doctor->now_ms;
	if (!token.found)
		return 0;
	if (left_ms >= HALF_HOUR_MS)
		ages->long_lived++;
	else if (left_ms > 0)
		ages->short_lived++;
	else if (!token_is_scoped(line))
		ages->expired++;
	if (doctor->now_ms - token.stored_ms > ages->oldest_ms && left_ms > 0)
		ages->oldest_ms = doctor->now_ms - token.stored_ms;
	return 0;
}

void doctor_tokens(struct doctor *doctor)
{
	auto_buf struct buf names = BUF_EMPTY;
	struct ages ages = { 0 };
	struct error err = { 0 };
	const char *rest = NULL;

	doctor->check = "tokens";
	if (vault_list(&names, &doctor->mint->vault, SCOPE, &err) < 0)
		doctor_say(doctor, DOCTOR_FAIL, NULL, "%s", err.message);
	for (rest = buf_str(&names); rest;) {
		struct str_view line = str_split(&rest, '\n');

		if (line.len > 0 && count_token(&ages, doctor, line, &err) < 0)
			doctor_say(doctor, DOCTOR_FAIL, "tokenmint vault delete NAME",
				   "%s", err.message);
	}
	doctor_say(doctor, ages.expired ? DOCTOR_WARN : DOCTOR_OK,
		   ages.expired ? "tokenmint refresh --all; is its timer enabled?" : NULL,
		   "%" PRIu64 " live for 30 min and more, %" PRIu64 " for less, %" PRIu64
		   " have ended; the oldest that lives is %" PRIu64 " min old",
		   ages.long_lived, ages.short_lived, ages.expired,
		   (uint64_t)(ages.oldest_ms / 60000));
}

static int read_trail(struct buf *text, const struct layout *layout, struct error *err)
{
	auto_free char *path = path_join(layout->state, AUDIT_FILE);
	bool found = false;

	return file_read_if(text, &found, AT_FDCWD, path, TRAIL_LIMIT, err);
}

/* "mint a token ...: GitHub says 422 '...'": the status; 0 for another reason. */
static int status_in(struct str_view reason)
{
	static const char says[] = " says ";
	const char *at = memmem(reason.data, reason.len, says, strlen(says));
	int status = 0;

	if (!at)
		return 0;
	for (at += strlen(says);
	     at < reason.data + reason.len && *at >= '0' && *at <= '9' && status < 100;
	     at++)
		status = status * 10 + (*at - '0');
	return status;
}

static bool is_recent(struct str_view line, int64_t since_ms)
{
	struct str_view at = { NULL, 0 };
	auto_free char *date = NULL;
	int64_t at_ms = 0;

	if (!json_plain_string(&at, line, "at"))
		return false;
	date = str_format("%.*s", (int)at.len, at.data);
	return date_parse(&at_ms, date) && at_ms >= since_ms;
}

static void count_refusal(uint64_t *counts, struct str_view line, int64_t since_ms)
{
	struct str_view event = { NULL, 0 };
	struct str_view reason = { NULL, 0 };

	if (!json_plain_is_valid(line) || !json_plain_string(&event, line, "event") ||
	    !str_view_equal(event, "refuse") || !is_recent(line, since_ms) ||
	    !json_scan_member(&reason, line, "reason"))
		return;
	counts[status_in(reason)]++;
}

void doctor_refusals(struct doctor *doctor)
{
	auto_buf struct buf text = BUF_EMPTY;
	uint64_t counts[1000] = { 0 };
	uint64_t total = 0;
	struct error err = { 0 };
	const char *rest = NULL;

	doctor->check = "refusals";
	if (read_trail(&text, &doctor->mint->layout, &err) < 0) {
		doctor_say(doctor, DOCTOR_FAIL, NULL, "%s", err.message);
		return;
	}
	for (rest = buf_str(&text); rest;)
		count_refusal(counts, str_split(&rest, '\n'), doctor->now_ms - DAY_MS);
	for (int status = 1; status < STATUS_MAX; status++) {
		const char *meaning = doctor_meaning(status);

		total += counts[status];
		if (counts[status] > 0)
			doctor_say(doctor, DOCTOR_WARN,
				   "the audit file has who asked for what",
				   "%" PRIu64 " refused with %d since a day%s%s",
				   counts[status], status, meaning ? ": " : "",
				   meaning ? meaning : "");
	}
	if (total == 0)
		doctor_say(doctor, DOCTOR_OK, NULL, "GitHub refused nothing since a day");
}

static void look_for(bool *used, uint64_t *unlimited, struct str_view line,
		     const char *app, const char *permission)
{
	struct str_view text = { NULL, 0 };
	struct str_view scope = { NULL, 0 };

	if (!json_plain_is_valid(line) || !json_plain_string(&text, line, "event") ||
	    !str_view_equal(text, "mint") || !json_plain_string(&text, line, "app") ||
	    !str_view_equal(text, app))
		return;
	if (!json_plain_object(&scope, line, "scope") ||
	    !json_plain_object(&text, scope, "permissions"))
		(*unlimited)++;
	else if (json_scan_member(&scope, text, permission))
		*used = true;
}

int doctor_is_used(bool *used, uint64_t *unlimited, const struct layout *layout,
		   const char *app, const char *permission)
{
	auto_buf struct buf text = BUF_EMPTY;
	struct error ignored = { 0 };
	const char *rest = NULL;

	*used = false;
	*unlimited = 0;
	if (read_trail(&text, layout, &ignored) < 0)
		return -1;
	for (rest = buf_str(&text); rest;)
		look_for(used, unlimited, str_split(&rest, '\n'), app, permission);
	return 0;
}
