#include "bin/hookroute/record.h"

#include "bin/hookroute/dispatch.h"
#include "bin/hookroute/journal.h"
#include "bin/hookroute/reply.h"
#include "bin/hookroute/work.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/layout.h"
#include "lib/log.h"

void record_open(struct journal *journal, const struct layout *layout)
{
	struct error err = { 0 };

	if (journal_open(journal, layout->state, &err) < 0)
		log_warning("%s; going on without it", err.message);
}

void record_taken(const struct work *work)
{
	struct journal_entry entry = JOURNAL_ENTRY("taken", work->id);
	int64_t made_ms = uuid_time_ms(work->id);
	int64_t now_ms = work->dispatch->now_ms;

	if (work->lease->state != SPOOL_CUR)
		return;
	entry.line = (struct str_view){ buf_str(&work->line), work->line.len };
	if (made_ms > 0 && made_ms <= now_ms)
		entry.took_ms = now_ms - made_ms;
	journal_add(work->dispatch->journal, &entry);
}

static const char *word_of(const struct parcel *parcel, const struct reply *reply)
{
	if (parcel->state == PARCEL_WAITS)
		return parcel->delivery->kept ? "kept" : "failed";
	if (reply->verdict == CONSUMER_SUPERSEDED)
		return "superseded";
	return reply->verdict == CONSUMER_OK ? "ok" : "dead";
}

void record_settled(const struct parcel *parcel, const struct reply *reply)
{
	const struct work *work = parcel->work;
	struct journal_entry entry = JOURNAL_ENTRY(word_of(parcel, reply), work->id);

	entry.line = (struct str_view){ buf_str(&work->line), work->line.len };
	entry.delivery = parcel->delivery;
	entry.message = reply->message;
	if (parcel->state == PARCEL_WAITS)
		entry.due_ms = parcel->delivery->due_ms;
	if (parcel->given_ms &&
	    !(parcel->state == PARCEL_WAITS && parcel->delivery->kept))
		entry.took_ms = date_now_ms() - parcel->given_ms;
	journal_add(work->dispatch->journal, &entry);
}
