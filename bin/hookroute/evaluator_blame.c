#include "bin/hookroute/evaluator_blame.h"

#include <signal.h>
#include <sys/wait.h>

#include "bin/hookroute/evaluator.h"
#include "bin/hookroute/evaluator_child.h"
#include "bin/hookroute/refusal.h"
#include "lib/log.h"

enum {
	STRIKES_MAX = 2,	/* crashes of a file on an event */
	STRIKES_KILLED_MAX = 3, /* which may be somebody else's doing */
	SILENCE_MS = 10000,	/* and ten times what a file may take */
};

int64_t evaluator_silence_ms(const struct evaluator *evaluator)
{
	return SILENCE_MS + 10 * (int64_t)evaluator->routes->limits.time_ms;
}

static struct question *find_question(const struct evaluator *evaluator, uint64_t number)
{
	struct question *question = evaluator->first;

	while (question && question->number != number)
		question = question->next;
	return question;
}

/* What ended the child, as a refusal. */
static struct refusal cause(const struct evaluator *evaluator, int status)
{
	const struct evaluator_mark *mark = evaluator->mark;
	int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	struct refusal refusal = { mark->file, REFUSED_CRASH, (uint64_t)number };

	if (evaluator->is_silent) {
		refusal.why = REFUSED_SILENT;
		refusal.amount = (uint64_t)evaluator_silence_ms(evaluator);
	} else if (number == SIGPROF) {
		refusal.why = REFUSED_TIME;
		refusal.amount = evaluator->routes->limits.time_ms;
	} else if (number == SIGABRT || number == 0) {
		refusal.why = REFUSED_MEMORY;
		refusal.amount = evaluator->routes->limits.memory_bytes;
	}
	return refusal;
}

static uint32_t *lapses_of(const struct evaluator *evaluator, uint32_t file)
{
	return file < evaluator->routes->count ? &evaluator->mark->lapses[file] : NULL;
}

/* Is it certain enough?  Time is; the rest has to happen again in a fresh child, unless
 * the file is known for it. */
static bool is_certain(const struct evaluator *evaluator, struct question *question,
		       const struct refusal *refusal)
{
	const uint32_t *lapses = lapses_of(evaluator, refusal->file);
	unsigned max = lapses && *lapses ? 1 : STRIKES_MAX;

	if (refusal->why == REFUSED_TIME)
		return true;
	if (refusal->why == REFUSED_CRASH && refusal->amount == SIGKILL)
		max = STRIKES_KILLED_MAX;
	if (!question->strikes || question->strike_file != refusal->file)
		question->strikes = 0;
	question->strike_file = refusal->file;
	return ++question->strikes >= max;
}

static void refuse(const struct evaluator *evaluator, struct question *question,
		   struct refusal *refusal)
{
	uint32_t *lapses = lapses_of(evaluator, refusal->file);

	question->strikes = 0;
	if (lapses && refusal->why == REFUSED_TIME && *lapses >= LAPSES_MAX)
		refusal->amount /= LAPSES_SHARE;
	if (lapses)
		(*lapses)++;
	buf_add(&question->refusals, refusal, sizeof(*refusal));
}

static void tell(const struct evaluator *evaluator, int status)
{
	if (evaluator->is_silent)
		log_warning("the routes' process was silent, starting another");
	else if (WIFSIGNALED(status))
		log_warning("the routes' process ended by signal %d, starting another",
			    WTERMSIG(status));
	else
		log_warning("the routes' process ended with status %d, starting another",
			    WEXITSTATUS(status));
}

bool evaluator_blame(struct evaluator *evaluator, int status)
{
	struct question *question = find_question(evaluator, evaluator->mark->number);
	struct refusal refusal = cause(evaluator, status);

	if (question && is_certain(evaluator, question, &refusal))
		refuse(evaluator, question, &refusal);
	else
		tell(evaluator, status);
	return question;
}
