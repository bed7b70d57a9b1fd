#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bin/tokenmint/doctor.h"
#include "bin/tokenmint/exchange.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/json_plain.h"
#include "lib/json_scan.h"

#define SKEW_OK_MS 5000	    /* the travelling time, and a Date without milliseconds */
#define SKEW_WORSE_MS 30000 /* then tokens are signed with GitHub's time */

/* Where a visit of the installations is. */
struct round {
	struct doctor *doctor;
	const char *app;
	struct str_view permissions; /* the App's own, an object */
	uint64_t count;
	uint64_t suspended;
};

static int rank(struct str_view level)
{
	static const char *const levels[] = { "\"read\"", "\"write\"", "\"admin\"" };

	for (int i = 0; i < 3; i++)
		if (str_view_equal(level, levels[i]))
			return i + 1;
	return 0;
}

static void look_at_clock(struct doctor *doctor, const char *name, int64_t date_ms)
{
	int64_t offset_ms = date_ms - date_now_ms();
	long long seconds = llabs(offset_ms) / 1000;

	doctor->check = "clock";
	if (date_ms == 0)
		doctor_say(doctor, DOCTOR_WARN, NULL, "%s: GitHub does not tell the time",
			   name);
	else if (llabs(offset_ms) < SKEW_OK_MS)
		doctor_say(doctor, DOCTOR_OK, NULL,
			   "%s: this clock and GitHub's differ by less than 5 s", name);
	else
		doctor_say(doctor, DOCTOR_WARN, "set this machine's clock, by NTP",
			   "%s: this clock is %lld s %s GitHub's%s", name, seconds,
			   offset_ms > 0 ? "behind" : "ahead of",
			   llabs(offset_ms) >= SKEW_WORSE_MS
				   ? ": tokens are signed with GitHub's time"
				   : "");
}

static void look_at_version(struct doctor *doctor, const char *name,
			    const struct github_answer *answer)
{
	doctor->check = "version";
	if (answer->deprecation || answer->sunset)
		doctor_say(doctor, DOCTOR_WARN, "update hooktools before that day",
			   "%s: GitHub calls this version of its API deprecated (%s)%s%s",
			   name, answer->deprecation ? answer->deprecation : "sunset",
			   answer->sunset ? ", and ends it on " : "",
			   answer->sunset ? answer->sunset : "");
	else
		doctor_say(doctor, DOCTOR_OK, NULL,
			   "%s: this version of the API is not deprecated", name);
}

/* What the App wants and this owner has not granted. */
static void compare(const struct round *round, const struct installation *installation,
		    struct str_view object)
{
	struct str_view granted = { NULL, 0 };
	struct str_view rest = round->permissions;
	struct str_view name = { NULL, 0 };
	struct str_view level = { NULL, 0 };
	auto_buf struct buf missing = BUF_EMPTY;

	if (!json_plain_object(&granted, object, "permissions"))
		return;
	while (json_scan_next(&name, &level, &rest)) {
		auto_free char *key = str_format("%.*s", (int)name.len, name.data);
		struct str_view has = { NULL, 0 };

		(void)json_scan_member(&has, granted, key); /* or it has none */
		if (rank(has) < rank(level) && level.len > 2)
			buf_add_format(&missing, "%s%s=%.*s", missing.len ? ", " : "",
				       key, (int)level.len - 2, level.data + 1);
	}
	if (missing.len > 0)
		doctor_say(round->doctor, DOCTOR_WARN,
			   "the owner accepts them in the settings of the installation",
			   "%s: '%s' (%" PRIu64
			   ") has not granted what the App wants: %s",
			   round->app, installation->owner, installation->id,
			   buf_str(&missing));
}

static int look_at(void *context, const struct installation *installation,
		   struct str_view object, struct error *err)
{
	struct round *round = context;
	struct str_view since = { NULL, 0 };

	(void)err;
	round->count++;
	compare(round, installation, object);
	if (!json_plain_string(&since, object, "suspended_at"))
		return 0;
	round->suspended++;
	doctor_say(round->doctor, DOCTOR_WARN,
		   "the owner unsuspends it in the settings of the installation",
		   "%s: the installation of '%s' (%" PRIu64 ") is suspended since %.*s",
		   round->app, installation->owner, installation->id, (int)since.len,
		   since.data);
	return 0;
}

static void look_at_installations(struct round *round)
{
	const struct exchange_visit visit = { look_at, round };
	struct doctor *doctor = round->doctor;
	auto_app struct app app = APP_EMPTY;
	struct installation of = INSTALLATION_EMPTY;
	struct error err = { 0 };

	doctor->check = "installations";
	if (app_load(&app, &doctor->mint->vault, round->app, &err) < 0 ||
	    installation_name(&of, &app, (struct str_view){ "any", 3 }, &err) < 0 ||
	    exchange_list(doctor->mint, &of, &visit, &err) < 0) {
		doctor_say(doctor, DOCTOR_FAIL, NULL, "%s", err.message);
		return;
	}
	if (round->count == 0)
		doctor_say(doctor, DOCTOR_WARN, "install it, at its page at GitHub",
			   "%s: the App is installed nowhere", round->app);
	else
		doctor_say(doctor, DOCTOR_OK, NULL,
			   "%s: %" PRIu64 " installations, %" PRIu64 " suspended",
			   round->app, round->count, round->suspended);
}

/* What the App has, and no token was ever asked for with. */
static void look_at_uses(struct doctor *doctor, const char *app,
			 struct str_view permissions)
{
	auto_buf struct buf unused = BUF_EMPTY;
	struct str_view name = { NULL, 0 };
	struct str_view level = { NULL, 0 };
	uint64_t unlimited = 0;

	doctor->check = "permissions";
	while (json_scan_next(&name, &level, &permissions)) {
		auto_free char *key = str_format("%.*s", (int)name.len, name.data);
		bool used = true;

		if (str_equal(key, "metadata")) /* every App must have it */
			continue;
		if (doctor_is_used(&used, &unlimited, &doctor->mint->layout, app, key) <
			    0 ||
		    !used)
			buf_add_format(&unused, "%s%s", unused.len ? ", " : "", key);
	}
	if (unlimited > 0)
		doctor_say(doctor, DOCTOR_OK, "name them: tokenmint get ... -p NAME=read",
			   "%s: %" PRIu64 " tokens had every permission, so which ones "
			   "are needed cannot be told",
			   app, unlimited);
	else if (unused.len > 0)
		doctor_say(doctor, DOCTOR_WARN, "take them from the App at GitHub",
			   "%s: no token was asked for with: %s", app, buf_str(&unused));
	else
		doctor_say(doctor, DOCTOR_OK, NULL,
			   "%s: every permission of the App is used", app);
}

static void refused(struct doctor *doctor, const struct error *err, int status)
{
	const char *meaning = doctor_meaning(status);

	doctor_say(doctor, DOCTOR_FAIL,
		   status == 401 ? "compare `tokenmint app show` with the App's page at "
				   "GitHub"
				 : NULL,
		   "%s%s%s", err->message, meaning ? ": " : "", meaning ? meaning : "");
}

void doctor_app(struct doctor *doctor, const char *name)
{
	auto_github_answer struct github_answer answer = GITHUB_ANSWER_EMPTY;
	struct round round = { .doctor = doctor, .app = name };
	struct str_view body = { NULL, 0 };
	struct error err = { 0 };
	int failed = exchange_app(&answer, doctor->mint, name, &err);

	if (answer.status > 0)
		look_at_clock(doctor, name, answer.date_ms);
	doctor->check = "app";
	if (failed) {
		refused(doctor, &err, answer.status);
		return;
	}
	doctor_say(doctor, DOCTOR_OK, NULL, "%s: GitHub accepts its signature", name);
	look_at_version(doctor, name, &answer);
	body = (struct str_view){ answer.body.data, answer.body.len };
	(void)json_plain_object(&round.permissions, body, "permissions"); /* or none */
	look_at_installations(&round);
	if (round.permissions.len > 0)
		look_at_uses(doctor, name, round.permissions);
}
