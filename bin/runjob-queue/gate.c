#include "bin/runjob-queue/gate.h"

#include <stdio.h>

#include "lib/date.h"
#include "lib/job_held.h"
#include "lib/job_queue.h"

/* As long as the kernel tells nothing new, a rise counts for the length of its window. */
enum { ROSE_MS = 2000 };

int gate_open(struct gate *gate, const struct job_queue *queue,
	      const struct config *config, struct error *err)
{
	unsigned i;

	if (pressure_open(&gate->pressure, config, err) < 0)
		return -1;
	/* Without a trigger the average alone has to do. */
	for (i = 0; i < PRESSURE_KINDS; i++)
		gate->is_watched[i] =
			pressure_watch(&gate->pressure, (enum pressure_kind)i);
	/* What a keeper said that was killed. */
	job_held_lift(queue);
	return 0;
}

void gate_poll(struct pollfd polled[static PRESSURE_KINDS], const struct gate *gate)
{
	size_t i;

	for (i = 0; i < PRESSURE_KINDS; i++)
		polled[i] =
			(struct pollfd){ gate->is_watched[i] ? gate->pressure.fds[i] : -1,
					 POLLPRI, 0 };
}

void gate_take(struct gate *gate, const struct pollfd polled[static PRESSURE_KINDS])
{
	size_t i;

	for (i = 0; i < PRESSURE_KINDS; i++) {
		/* Its cgroup is gone, and would be told of without end. */
		if (polled[i].revents & (POLLERR | POLLNVAL))
			gate->is_watched[i] = false;
		else if (polled[i].revents & POLLPRI)
			gate->rose_ms[i] = date_steady_ms();
	}
}

/* What the kernel told within its window, of that which is over its limit the longest. */
static bool rose(struct pressure_over *over, int *left_ms, const struct gate *gate)
{
	int64_t now_ms = date_steady_ms();
	unsigned i;

	*left_ms = 0;
	for (i = 0; i < PRESSURE_KINDS; i++) {
		int64_t left = gate->rose_ms[i] + ROSE_MS - now_ms;

		if (!gate->rose_ms[i] || left <= *left_ms)
			continue;
		*left_ms = (int)left;
		*over = (struct pressure_over){ .kind = (enum pressure_kind)i,
						.now = gate->pressure.limits[i],
						.limit = gate->pressure.limits[i] };
	}
	return *left_ms > 0;
}

/* Once for each number. */
static void say(struct gate *gate, const struct job_queue *queue,
		const struct pressure_over *over)
{
	struct job_held held = { "", "", "" };

	if (gate->is_shut && gate->said.kind == over->kind && gate->said.now == over->now)
		return;
	gate->said = *over;
	gate->is_shut = true;
	snprintf(held.what, sizeof(held.what), "%s", pressure_name(over->kind));
	pressure_text(held.now, over->now);
	pressure_text(held.limit, over->limit);
	job_held_say(queue, &held);
}

bool gate_is_shut(struct gate *gate, const struct job_queue *queue)
{
	struct pressure_over over = { PRESSURE_CPU, 0, 0 };

	if (pressure_is_over(&over, &gate->pressure))
		gate->look_ms = pressure_fall_ms(&over);
	else if (!rose(&over, &gate->look_ms, gate)) {
		gate_lift(gate, queue);
		return false;
	}
	say(gate, queue, &over);
	return true;
}

void gate_lift(struct gate *gate, const struct job_queue *queue)
{
	if (gate->is_shut)
		job_held_lift(queue);
	gate->is_shut = false;
}

void gate_close(struct gate *gate)
{
	pressure_close(&gate->pressure);
}
