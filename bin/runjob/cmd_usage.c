#include "bin/runjob/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "bin/runjob/request.h"
#include "lib/buf.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/job.h"
#include "lib/json_write.h"
#include "lib/usage.h"

struct report {
	struct job_status status;
	struct job_plan plan;
	struct cgroup_usage now; /* of a job that runs */
	uint64_t wall_ms;	 /* without its pauses */
	uint64_t waited_ms;	 /* for its turn */
};

static uint64_t between(int64_t from_ms, int64_t to_ms)
{
	return from_ms && to_ms > from_ms ? (uint64_t)(to_ms - from_ms) : 0;
}

static void measure(struct report *report, int64_t now_ms)
{
	struct job_status *status = &report->status;
	int64_t end_ms = status->finished_ms ? status->finished_ms : now_ms;
	int64_t begin_ms = status->started_ms ? status->started_ms : end_ms;

	status->usage.paused_ms += between(status->paused_ms, now_ms);
	report->waited_ms = between(status->created_ms, begin_ms);
	report->wall_ms = between(status->started_ms, end_ms);
	if (report->wall_ms >= status->usage.paused_ms)
		report->wall_ms -= status->usage.paused_ms;
}

static int read_report(struct report *report, const struct job *job, struct error *err)
{
	bool found = false;

	if (job_status_now(&report->status, &found, job, err) < 0 ||
	    job_plan_read(&report->plan, job, err) < 0)
		return -1;
	if (!found)
		return error_set(err, ERROR_ABSENT, "job '%s' has no status yet",
				 job->id);
	if (report->status.state == JOB_RUNNING) {
		if (usage_now(&report->now, &found, job, err) < 0)
			return -1;
		if (found)
			usage_count(&report->status, &report->now);
	}
	/* What it was given after it had run out of memory. */
	if (report->status.memory_limit)
		report->plan.memory_bytes = report->status.memory_limit;
	measure(report, date_now_ms());
	return 0;
}

static void write_count(struct json_writer *writer, const char *key, uint64_t count)
{
	if (count)
		json_write_u64(writer, key, count);
	else
		json_write_null(writer, key);
}

static void dump(struct buf *out, const struct job *job, const struct report *report)
{
	struct json_writer writer = JSON_WRITER(out);
	const struct job_plan *plan = &report->plan;
	const struct job_status *status = &report->status;

	json_write_object(&writer, NULL);
	json_write_string(&writer, "id", job->id);
	json_write_string(&writer, "state", job_state_name(status->state));
	json_write_bool(&writer, "paused", status->paused_ms != 0);
	json_write_u64(&writer, "waited_ms", report->waited_ms);
	json_write_u64(&writer, "wall_ms", report->wall_ms);
	json_write_u64(&writer, "cpu_ms", status->cpu_ms);
	write_count(&writer, "cpu_limit_us", plan->cpu_us);
	write_count(&writer, "memory", report->now.memory_bytes);
	write_count(&writer, "memory_peak", status->memory_peak);
	write_count(&writer, "memory_limit", plan->memory_bytes);
	write_count(&writer, "pids", report->now.pids);
	write_count(&writer, "pids_peak", status->pids_peak);
	write_count(&writer, "pids_limit", plan->pids);
	write_count(&writer, "io_read_limit", plan->read_bps);
	write_count(&writer, "io_write_limit", plan->write_bps);
	job_usage_dump(&writer, &status->usage);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

static void add_number(struct buf *out, uint64_t number)
{
	char text[32] = "-";

	if (number)
		snprintf(text, sizeof(text), "%" PRIu64, number);
	buf_add_format(out, "  %13s", text);
}

static void add_seconds(struct buf *out, uint64_t ms)
{
	char text[32] = "-";

	if (ms)
		snprintf(text, sizeof(text), "%" PRIu64 ".%03us", ms / 1000,
			 (unsigned)(ms % 1000));
	buf_add_format(out, "  %13s", text);
}

/* Numbers are bytes or processes; WAITED is how long something of the job had to wait. */
static void tabulate(struct buf *out, const struct report *report)
{
	const struct job_status *status = &report->status;
	const struct job_usage *usage = &status->usage;
	const struct job_plan *plan = &report->plan;

	buf_add_format(out, "%-8s  %13s  %13s  %13s  %13s\n", "", "USED", "PEAK", "LIMIT",
		       "WAITED");
	buf_add_format(out, "%-8s", "time");
	add_seconds(out, report->wall_ms);
	buf_add_format(out, "  %13s", "-");
	add_seconds(out, plan->timeout_ms);
	add_seconds(out, report->waited_ms);
	buf_add_format(out, "\n%-8s", "cpu");
	add_seconds(out, status->cpu_ms);
	buf_add_format(out, "  %13s", "-");
	if (plan->cpu_us)
		buf_add_format(out, "  %11.2f/s", (double)plan->cpu_us / 100000);
	else
		buf_add_format(out, "  %13s", "-");
	add_seconds(out, usage->pressure_cpu_ms);
	buf_add_format(out, "\n%-8s", "memory");
	add_number(out, report->now.memory_bytes);
	add_number(out, status->memory_peak);
	add_number(out, plan->memory_bytes);
	add_seconds(out, usage->pressure_memory_ms);
	buf_add_format(out, "\n%-8s", "pids");
	add_number(out, report->now.pids);
	add_number(out, status->pids_peak);
	add_number(out, plan->pids);
	buf_add_format(out, "  %13s\n%-8s", "-", "read");
	add_number(out, usage->read_bytes);
	buf_add_format(out, "  %13s", "-");
	add_number(out, plan->read_bps);
	add_seconds(out, usage->pressure_io_ms);
	buf_add_format(out, "\n%-8s", "written");
	add_number(out, usage->write_bytes);
	buf_add_format(out, "  %13s", "-");
	add_number(out, plan->write_bps);
	buf_add_format(out, "  %13s\n", "-");
}

static void remark(struct buf *out, const struct job_status *status)
{
	const struct job_usage *usage = &status->usage;

	if (usage->throttled_ms)
		buf_add_format(out, "held back by its cpu limit for %" PRIu64 " ms\n",
			       usage->throttled_ms);
	if (usage->forks_refused)
		buf_add_format(out, "refused to fork %" PRIu64 " times\n",
			       usage->forks_refused);
	if (usage->paused_ms)
		buf_add_format(out, "%s for %" PRIu64 " ms\n",
			       status->paused_ms ? "paused now, and in all" : "paused",
			       usage->paused_ms);
	if (usage->unenforced[0])
		buf_add_format(out, "not limited here: %s\n", usage->unenforced);
	if (status->reason[0])
		buf_add_format(out, "%s: %s\n", job_state_name(status->state),
			       status->reason);
}

int cmd_usage(struct context *context, struct error *err)
{
	auto_job struct job job = JOB_NONE;
	auto_buf struct buf out = BUF_EMPTY;
	struct report report = { .plan = JOB_PLAN_EMPTY };
	const char *id = NULL;

	if (request_operand(&id, context, err) < 0 ||
	    request_find(&job, context, id, err) < 0 ||
	    read_report(&report, &job, err) < 0)
		return -1;
	if (context->options.json || !isatty(STDOUT_FILENO)) {
		dump(&out, &job, &report);
	} else {
		tabulate(&out, &report);
		remark(&out, &report.status);
	}
	job_plan_free(&report.plan);
	return file_write(STDOUT_FILENO, out.data, out.len, "standard output", err);
}
