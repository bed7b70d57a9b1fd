#include "bin/hookrecv/commands.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "bin/hookrecv/doctor.h"
#include "bin/hookrecv/options.h"
#include "bin/hookrecv/print.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/json_write.h"

static const struct {
	const char *name;
	doctor_fn *run;
} checks[] = {
	{ "conf", doctor_conf },
	{ "state", doctor_state_dir },
	{ "key", doctor_key },
	{ "registry", doctor_registry },
	{ "secrets", doctor_secrets },
	{ "providers", doctor_providers },
	{ "rotations", doctor_rotations },
	{ "spool", doctor_spool },
	{ "disk", doctor_disk },
	{ "waiting", doctor_waiting },
	{ "bans", doctor_bans },
	{ "refusals", doctor_refusals },
	{ "clock", doctor_clock },
	{ "files", doctor_files },
	{ "reach", doctor_reach },
};

static const char *const states[] = {
	[DOCTOR_OK] = "ok",
	[DOCTOR_WARN] = "warn",
	[DOCTOR_FAIL] = "fail",
};

static void write_json(struct doctor *doctor, enum doctor_state state, const char *next,
		       const char *message)
{
	struct json_writer writer = JSON_WRITER(&doctor->out);

	json_write_object(&writer, NULL);
	json_write_string(&writer, "state", states[state]);
	json_write_string(&writer, "check", doctor->check);
	json_write_string(&writer, "message", message);
	json_write_string(&writer, "next", next);
	json_write_object_end(&writer);
	buf_add_char(&doctor->out, '\n');
}

void doctor_say(struct doctor *doctor, enum doctor_state state, const char *next,
		const char *format, ...)
{
	char message[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	doctor->failures += state == DOCTOR_FAIL;
	doctor->warnings += state == DOCTOR_WARN;
	if (doctor->json)
		write_json(doctor, state, next, message);
	else
		buf_add_format(&doctor->out, "%-4s  %-9s  %s%s%s\n", states[state],
			       doctor->check, message, next ? "; next: " : "",
			       next ? next : "");
}

static void doctor_close(struct doctor *doctor)
{
	buf_free(&doctor->out);
	config_free(&doctor->config);
	registry_hooks_free(&doctor->hooks);
	vault_close(&doctor->vault);
	spool_close(&doctor->spool);
}

static int report(const struct doctor *doctor, struct error *err)
{
	if (print_out(&doctor->out, err) < 0)
		return -1;
	if (doctor->failures)
		return error_set(err, ERROR_ABSENT, "%u of what was looked at %s wrong",
				 doctor->failures, doctor->failures == 1 ? "is" : "are");
	return 0;
}

int cmd_doctor(const struct options *options, const struct layout *layout,
	       struct error *err)
{
	struct doctor doctor = DOCTOR_NONE;
	int result;
	size_t i;

	doctor.options = options;
	doctor.layout = layout;
	doctor.now_ms = date_now_ms();
	doctor.json = options->json || !isatty(STDOUT_FILENO);
	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		doctor.check = checks[i].name;
		checks[i].run(&doctor);
	}
	result = report(&doctor, err);
	doctor_close(&doctor);
	return result;
}
