#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "bin/tokenmint/app.h"
#include "bin/tokenmint/commands.h"
#include "bin/tokenmint/doctor.h"
#include "bin/tokenmint/io.h"
#include "bin/tokenmint/options.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/json_write.h"

static const char *const states[] = {
	[DOCTOR_OK] = "ok",
	[DOCTOR_WARN] = "warn",
	[DOCTOR_FAIL] = "fail",
};

static void write_json(struct doctor *doctor, enum doctor_state state, const char *next,
		       const char *message)
{
	struct json_writer writer = JSON_WRITER(doctor->out);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "state", states[state]);
	json_write_string(&writer, "check", doctor->check);
	json_write_string(&writer, "message", message);
	json_write_string(&writer, "next", next);
	json_write_object_end(&writer);
	buf_add_char(doctor->out, '\n');
}

void doctor_say(struct doctor *doctor, enum doctor_state state, const char *next,
		const char *format, ...)
{
	char message[1024];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	doctor->failures += state == DOCTOR_FAIL;
	if (doctor->json)
		write_json(doctor, state, next, message);
	else
		buf_add_format(doctor->out, "%-4s  %-12s  %s%s%s\n", states[state],
			       doctor->check, message, next ? "; next: " : "",
			       next ? next : "");
}

const char *doctor_meaning(int status)
{
	static const struct {
		int status;
		const char *meaning;
	} meanings[] = {
		{ 401, "the App's signature is not accepted: another key, another App's "
		       "number, or a clock that is off" },
		{ 403, "the App or its installation is suspended, or may not do that" },
		{ 404,
		  "there is no such App, installation or repository here, or the App "
		  "does not see it" },
		{ 422, "a repository or a permission was asked for that the installation "
		       "does not have" },
	};

	for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
		if (meanings[i].status == status)
			return meanings[i].meaning;
	return NULL;
}

static void look_at_apps(struct doctor *doctor)
{
	auto_buf struct buf names = BUF_EMPTY;
	struct error err = { 0 };
	const char *rest = NULL;

	doctor->check = "apps";
	if (app_names(&names, &doctor->mint->vault, &err) < 0) {
		doctor_say(doctor, DOCTOR_FAIL, NULL, "%s", err.message);
		return;
	}
	if (names.len == 0)
		doctor_say(doctor, DOCTOR_FAIL, "tokenmint app add NAME ...",
			   "no App is known");
	for (rest = buf_str(&names); rest;) {
		struct str_view line = str_split(&rest, '\n');
		auto_free char *name = str_format("%.*s", (int)line.len, line.data);

		if (line.len > 0)
			doctor_app(doctor, name);
	}
}

static int report(const struct doctor *doctor, struct error *err)
{
	if (io_write(doctor->out, err) < 0)
		return -1;
	if (doctor->failures > 0)
		return error_set(err, ERROR_ABSENT, "%u of what was looked at %s wrong",
				 doctor->failures, doctor->failures == 1 ? "is" : "are");
	return 0;
}

int cmd_doctor(const struct options *options, const char *const *operands,
	       struct error *err)
{
	auto_mint struct mint mint = MINT_NONE;
	auto_buf struct buf out = BUF_EMPTY;
	struct doctor doctor = { .mint = &mint,
				 .out = &out,
				 .json = options->json || !isatty(STDOUT_FILENO),
				 .now_ms = date_now_ms(),
				 .check = "vault" };
	struct error closed = { 0 };

	(void)operands;
	if (mint_open(&mint, &closed) < 0) {
		doctor_say(&doctor, DOCTOR_FAIL,
			   "tokenmint vault init, where none is; else hookvault(5)", "%s",
			   closed.message);
		return report(&doctor, err);
	}
	doctor_say(&doctor, DOCTOR_OK, NULL, "'%s/vault' is open", mint.layout.state);
	look_at_apps(&doctor);
	doctor_tokens(&doctor);
	doctor_refusals(&doctor);
	return report(&doctor, err);
}
