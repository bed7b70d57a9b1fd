#include "bin/hookroute/consumer_renew.h"

#include "bin/hookroute/consumer.h"
#include "bin/hookroute/consumer_down.h"
#include "bin/hookroute/consumer_process.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/log.h"

enum { FINISH_MS = 5000 };

static void come_back(struct consumer *consumer)
{
	if (consumer->is_gone)
		log_notice(
			"%s: its file is there again, %zu events were kept back for it",
			consumer->name, consumer->kept.count);
	consumer->is_gone = false;
}

void consumer_renew(struct consumer *consumer, const struct layout *layout)
{
	auto_consumer_file struct consumer_file file = CONSUMER_FILE_EMPTY;
	struct error err = { 0 };

	if (consumer_file_read(&file, consumer->name, layout, &err) == 0) {
		come_back(consumer);
		if (file.digest == (consumer->has_next ? consumer->next_file.digest
						       : consumer->file.digest))
			return;
		consumer_file_free(&consumer->next_file);
		consumer->next_file = file;
		consumer->has_next = true;
		file = (struct consumer_file)CONSUMER_FILE_EMPTY;
		log_notice("%s: its file was changed", consumer->name);
	} else if (err.kind != ERROR_ABSENT) {
		log_error("%s; the old one stays", err.message);
	} else if (!consumer->is_gone) {
		log_warning("consumers.d/%s.json is gone: what there is for it waits",
			    consumer->name);
		consumer->is_gone = true;
		consumer_down_gone(consumer);
	}
}

static void use_next(struct consumer *consumer)
{
	struct consumer_file old = consumer->file;

	if (!consumer->has_next)
		return;
	consumer->file = consumer->next_file;
	consumer->next_file = (struct consumer_file)CONSUMER_FILE_EMPTY;
	consumer->has_next = false;
	consumer_use_retry(consumer, consumer->common);
	consumer_file_free(&old);
	/* Whatever was wrong with the old one. */
	consumer->start_ms = 0;
	consumer->probe_ms = 0;
	consumer->restarts = 0;
	consumer->suspects = 0;
}

bool consumer_renew_waits(struct consumer *consumer, int64_t now_ms)
{
	if (!consumer->has_next && !consumer->is_gone)
		return false;
	if (consumer->from < 0) {
		use_next(consumer);
		return consumer->is_gone;
	}
	if (!consumer->sent.first && consumer->to >= 0) {
		cleanup_close(&consumer->to);
		consumer->to = -1;
		consumer->reply_ms = now_ms + FINISH_MS;
	}
	return true;
}

bool consumer_renew_took(struct consumer *consumer)
{
	if ((!consumer->has_next && !consumer->is_gone) || consumer->sent.first)
		return false;
	consumer_process_end(consumer);
	return true;
}
