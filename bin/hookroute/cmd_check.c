#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bin/hookroute/commands.h"
#include "bin/hookroute/consumer_file.h"
#include "bin/hookroute/faults.h"
#include "bin/hookroute/options.h"
#include "bin/hookroute/refusal.h"
#include "bin/hookroute/retry.h"
#include "bin/hookroute/routes.h"
#include "bin/hookroute/tenure.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_write.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/path.h"

struct report {
	const struct layout *layout;
	size_t routes;
	size_t consumers;
	struct routes_limits limits;
	struct faults faults;
};

static bool is_in_path(const char *program)
{
	const char *rest = getenv("PATH");

	while (rest) {
		struct str_view dir = str_split(&rest, ':');
		auto_free char *file =
			str_format("%.*s/%s", (int)dir.len, dir.data, program);

		if (access(file, X_OK) == 0)
			return true;
	}
	return false;
}

static int check_consumer(const char *name, const struct layout *layout,
			  struct error *err)
{
	auto_consumer_file struct consumer_file file = CONSUMER_FILE_EMPTY;
	const char *program;

	if (consumer_file_read(&file, name, layout, err) < 0)
		return -1;
	program = file.argv[0];
	if (strchr(program, '/') ? access(program, X_OK) == 0 : is_in_path(program))
		return 0;
	return error_set(err, ERROR_CONFIG,
			 "consumers.d/%s.json: there is no program '%s' to execute", name,
			 program);
}

/* One that names its file itself is not told twice. */
static void add_consumer_fault(struct faults *faults, const char *name,
			       const struct error *err)
{
	auto_free char *file = str_format("consumers.d/%s.json", name);
	auto_free char *prefix = str_format("%s: ", file);
	const char *what = err->message;

	if (str_starts(what, prefix))
		what += strlen(prefix);
	faults_add(faults, file, 0, what, NULL);
}

/* Those of folder, but for those that other has as well, if there is one. */
static int check_consumers(struct report *report, const char *folder, const char *other,
			   struct error *err)
{
	auto_free char *path = path_join(folder, "consumers.d");
	auto_closedir DIR *dir = opendir(path);
	struct dirent *item;

	if (!dir)
		return errno == ENOENT ? 0 : error_errno(err, "read folder '%s'", path);
	while ((item = readdir(dir))) {
		auto_free char *name = NULL;
		auto_free char *own = NULL;
		struct error fault = { 0 };

		if (!path_is_safe_name(item->d_name) || !str_ends(item->d_name, ".json"))
			continue;
		own = str_format("%s/consumers.d/%s", other ? other : folder,
				 item->d_name);
		if (other && access(own, F_OK) == 0)
			continue;
		name = str_format("%.*s", (int)(strlen(item->d_name) - strlen(".json")),
				  item->d_name);
		report->consumers++;
		if (check_consumer(name, report->layout, &fault) < 0)
			add_consumer_fault(&report->faults, name, &fault);
	}
	return 0;
}

static int check_settings(struct report *report, struct error *err)
{
	auto_config struct config config = CONFIG_EMPTY;
	struct error fault = { 0 };
	struct retry retry;
	uint64_t lease_ms = 0;

	if (config_load(&config, report->layout, err) < 0)
		return -1;
	if (retry_read(&retry, config_get(&config, "HOOKTOOLS_RETRY"), "HOOKTOOLS_RETRY",
		       &fault) < 0)
		faults_add(&report->faults, "hooktools.conf", 0, fault.message, NULL);
	if (tenure_read(&lease_ms, config_get(&config, "HOOKTOOLS_LEASE"), &fault) < 0)
		faults_add(&report->faults, "hooktools.conf", 0, fault.message, NULL);
	if (routes_limits_read(&report->limits, &config, &fault) < 0)
		faults_add(&report->faults, "hooktools.conf", 0, fault.message, NULL);
	return 0;
}

static void write_json(struct buf *out, const struct report *report)
{
	struct json_writer writer = JSON_WRITER(out);
	size_t i;

	json_write_object(&writer, NULL);
	json_write_u64(&writer, "routes", report->routes);
	json_write_u64(&writer, "consumers", report->consumers);
	json_write_u64(&writer, "time_ms", report->limits.time_ms);
	json_write_u64(&writer, "memory_bytes", report->limits.memory_bytes);
	json_write_array(&writer, "faults");
	for (i = 0; i < report->faults.count; i++) {
		const struct fault *fault = &report->faults.list[i];

		json_write_object(&writer, NULL);
		json_write_string(&writer, "file", fault->file);
		if (fault->line)
			json_write_u64(&writer, "line", fault->line);
		json_write_string(&writer, "what", fault->what);
		if (fault->clause)
			json_write_string(&writer, "clause", fault->clause);
		json_write_object_end(&writer);
	}
	json_write_array_end(&writer);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

static void write_text(struct buf *out, const struct report *report)
{
	if (report->faults.count)
		return;
	buf_add_format(out, "%zu routes and %zu consumers are fine; a route may take ",
		       report->routes, report->consumers);
	refusal_write_time(out, report->limits.time_ms);
	buf_add_str(out, " and ");
	refusal_write_size(out, report->limits.memory_bytes);
	buf_add_str(out, " for an event\n");
}

/* Each on a line of its own; the last one is what we end with. */
static int verdict(const struct report *report, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	size_t i;

	for (i = 0; i < report->faults.count; i++) {
		if (i)
			log_error("%s", buf_str(&text));
		buf_clear(&text);
		fault_write(&text, &report->faults.list[i]);
	}
	if (!report->faults.count)
		return 0;
	return error_set(err, ERROR_CONFIG, "%s", buf_str(&text));
}

static int check(struct report *report, const struct options *options, struct error *err)
{
	const struct layout *layout = report->layout;
	auto_buf struct buf out = BUF_EMPTY;

	if (check_settings(report, err) < 0 ||
	    routes_check(&report->faults, &report->routes, layout, options->routes, err) <
		    0 ||
	    check_consumers(report, layout->share, layout->conf, err) < 0 ||
	    check_consumers(report, layout->conf, NULL, err) < 0)
		return -1;
	if (options->json)
		write_json(&out, report);
	else
		write_text(&out, report);
	if (file_write(STDOUT_FILENO, out.data, out.len, "standard output", err) < 0)
		return -1;
	return verdict(report, err);
}

int cmd_check(const struct options *options, const struct layout *layout,
	      struct error *err)
{
	struct report report = { .layout = layout, .faults = FAULTS_EMPTY };
	int failed = check(&report, options, err);

	faults_free(&report.faults);
	return failed;
}
