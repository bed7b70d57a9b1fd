#include "bin/runjob-shim/result.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "bin/runjob-shim/supervisor.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/event.h"
#include "lib/json_write.h"
#include "lib/path.h"
#include "lib/spool.h"
#include "lib/str.h"
#include "lib/uuid.h"

/* Far from the numbers with which the router and pipelines derive ids, and in this order: the
 * spool is read in the order of ids. */
static const uint32_t derived[] = { 0x40000000, 0x40010000 };
static const char *const actions[] = { "started", "completed" };

static void write_job(struct buf *out, const struct supervisor *supervisor)
{
	struct json_writer writer = { out, true };
	auto_free char *log = path_join(supervisor->job.dir, "log");
	const char *report = supervisor->plan.report;

	job_status_dump(out, &supervisor->job, &supervisor->status);
	/* The object goes on. */
	buf_cut(out, out->len - 1);
	if (report)
		json_write_raw(&writer, "report", report, strlen(report));
	else
		json_write_null(&writer, "report");
	json_write_string(&writer, "log", log);
	json_write_object_end(&writer);
}

static const char *subject(const struct job_plan *plan)
{
	if (plan->repository)
		return plan->repository;
	return plan->name ? plan->name : "runjob";
}

static void write_event(struct buf *out, const char *id,
			const struct supervisor *supervisor, enum result_action action)
{
	auto_free char *delivery =
		str_format("%s.%s", supervisor->job.id, actions[action]);
	char headers[64];
	struct event_head head = { .id = id,
				   .name = subject(&supervisor->plan),
				   .provider = "hooktools",
				   .event = "job",
				   .delivery = delivery,
				   .received_ms = date_now_ms() };

	/* What leads to a job because of it counts on. */
	if (supervisor->plan.hops) {
		snprintf(headers, sizeof(headers), "{\"hooktools-hops\":\"%u\"}",
			 (unsigned)supervisor->plan.hops);
		head.headers = (struct str_view){ headers, strlen(headers) };
	}
	event_write_head(out, &head);
	buf_add_format(out, "{\"action\":\"%s\",\"job\":", actions[action]);
	write_job(out, supervisor);
	buf_add_char(out, '}');
	event_write_tail(out);
}

int result_publish(const struct supervisor *supervisor, enum result_action action,
		   struct error *err)
{
	auto_free char *path = path_join(supervisor->layout.state, "spool");
	auto_spool struct spool spool = SPOOL_NONE;
	auto_buf struct buf line = BUF_EMPTY;
	char id[UUID_LEN];

	uuid_derive(id, supervisor->job.id, derived[action]);
	write_event(&line, id, supervisor, action);
	if (spool_open(&spool, path, err) < 0)
		return -1;
	/* Left by one of us that died while it wrote it. */
	(void)unlinkat(spool.dir[SPOOL_TMP], id, 0);
	return spool_put(&spool, id, line.data, line.len, err);
}
