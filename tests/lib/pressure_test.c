#include "lib/pressure.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job_held.h"
#include "lib/job_queue.h"
#include "lib/layout.h"
#include "lib/str.h"
#include "tests/lib/check.h"

static int open_with(struct pressure *pressure, const char *limits, struct error *err)
{
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_config struct config config = CONFIG_EMPTY;

	*err = (struct error){ 0 };
	CHECK(setenv("HOOKTOOLS_PRESSURE", limits, 1) == 0);
	CHECK(layout_read(&layout, err) == 0 && config_load(&config, &layout, err) == 0);
	return pressure_open(pressure, &config, err);
}

static void tell(const char *dir, const char *name, const char *some)
{
	auto_free char *path = str_format("%s/%s", dir, name);
	auto_free char *text = str_format("some avg10=%s avg60=99.00 total=5\n"
					  "full avg10=99.99 avg60=0.00 total=5\n",
					  some);
	auto_close int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct error err = { 0 };

	CHECK(fd >= 0 && file_write(fd, text, strlen(text), path, &err) == 0);
}

static void what_is_furthest_above_its_limit_is_told(void)
{
	auto_free char *dir = str_format("%s/pressure", getenv("HOOKTOOLS_STATE"));
	auto_pressure struct pressure pressure = PRESSURE_NONE;
	struct pressure_over over = { PRESSURE_IO, 1, 2 };
	struct error err = { 0 };
	char text[PRESSURE_LEN];

	CHECK(mkdir(dir, 0700) == 0 && setenv("HOOKTOOLS_PRESSURE_DIR", dir, 1) == 0);
	CHECK(open_with(&pressure, "", &err) == 0);
	CHECK(!pressure_is_over(&over, &pressure));
	tell(dir, "cpu", "60.00");
	tell(dir, "memory.pressure", "12.50");
	CHECK(open_with(&pressure, " cpu=60,\tmemory=12.5 ", &err) == 0);
	CHECK(pressure.limits[PRESSURE_CPU] == 6000 && pressure.fds[PRESSURE_IO] < 0);
	CHECK(!pressure_is_over(&over, &pressure) && over.kind == PRESSURE_IO);
	tell(dir, "cpu", "99.99");
	CHECK(pressure_is_over(&over, &pressure) && over.kind == PRESSURE_CPU);
	tell(dir, "memory.pressure", "25.00");
	CHECK(pressure_is_over(&over, &pressure) && over.kind == PRESSURE_MEMORY);
	CHECK(over.now == 2500 && over.limit == 1250);
	/* What is no file of the kernel is not written to, and rubbish is no pressure. */
	CHECK(!pressure_watch(&pressure, PRESSURE_CPU));
	tell(dir, "cpu", "9x");
	tell(dir, "memory.pressure", "");
	CHECK(!pressure_is_over(&over, &pressure));
	pressure_close(&pressure);
	CHECK(open_with(&pressure, "io=1", &err) == -1 && err.kind == ERROR_CONFIG);
	CHECK(open_with(&pressure, "io=1 best-effort", &err) == 0);
	CHECK(!pressure_is_over(&over, &pressure));
	pressure_text(text, 1205);
	CHECK_STR(text, "12.05");
}

static void a_fall_takes_as_long_as_the_average_of_ten_seconds_does(void)
{
	static const struct {
		unsigned now, limit;
		int ms;
	} rows[] = {
		{ 1001, 1000, 2000 },  { 1221, 1000, 2000 },   { 1223, 1000, 4000 },
		{ 10000, 6000, 6000 }, { 10000, 1000, 24000 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pressure_over over = { PRESSURE_CPU, rows[i].now, rows[i].limit };

		CHECK(pressure_fall_ms(&over) == rows[i].ms);
	}
}

static void what_holds_the_queue_is_told_as_it_was_said(void)
{
	static const char *const rubbish[] = {
		"",	     "\n",
		"memory",    "memory 1",
		"memory 1 ", "memory 1,2 3",
		"m\"y 1 2",  "memory 1.5 12345678901234567890\n",
		" 1 2",
	};
	auto_layout struct layout layout = LAYOUT_EMPTY;
	auto_job_queue struct job_queue queue = JOB_QUEUE_NONE;
	struct job_held held = { "memory", "100.00", "12.50" };
	struct job_held got = { "", "", "" };
	struct error err = { 0 };
	size_t i;

	CHECK(layout_read(&layout, &err) == 0);
	CHECK(job_queue_open(&queue, &layout, &err) == 0);
	CHECK(!job_held_read(&got, &queue));
	job_held_say(&queue, &held);
	CHECK(job_held_read(&got, &queue));
	CHECK(memcmp(&got, &held, sizeof(got)) == 0);
	for (i = 0; i < sizeof(rubbish) / sizeof(rubbish[0]); i++) {
		CHECK(file_replace(queue.fd, "pressure", rubbish[i], strlen(rubbish[i]),
				   0600, &err) == 0);
		CHECK(!job_held_read(&got, &queue));
	}
	job_held_lift(&queue);
	job_held_lift(&queue);
	CHECK(faccessat(queue.fd, "pressure", F_OK, 0) < 0);
}

static const struct check_case cases[] = {
	{ "what_holds_the_queue_is_told_as_it_was_said",
	  what_holds_the_queue_is_told_as_it_was_said },
	{ "what_is_furthest_above_its_limit_is_told",
	  what_is_furthest_above_its_limit_is_told },
	{ "a_fall_takes_as_long_as_the_average_of_ten_seconds_does",
	  a_fall_takes_as_long_as_the_average_of_ten_seconds_does },
};

CHECK_MAIN(cases)
