#include "bin/hookrecv/judged.h"

#include "bin/hookrecv/verify.h"
#include "lib/json_scan.h"

static struct str_view view(const struct buf *buf)
{
	return (struct str_view){ buf_str(buf), buf->len };
}

/* The validator turns line breaks into spaces, so it gets a copy. */
static const char *find_problem(const struct judged *judged)
{
	const struct buf *text =
		judged->request.is_form ? &judged->payload : &judged->captured.body;
	auto_buf struct buf copy = BUF_EMPTY;
	struct json_scan scan;

	if (judged->request.is_form && !judged->request.payload.data)
		return "the form has no payload";
	json_scan_start(&scan);
	buf_add(&copy, buf_str(text), text->len);
	if (copy.len)
		(void)json_scan_feed(&scan, copy.data, copy.len);
	return json_scan_finish(&scan) ? NULL : scan.problem;
}

static void verify(struct judged *judged)
{
	const struct diagnose_request *request = &judged->request;
	struct str_view subject = diagnose_subject(request);
	struct keyring_keys keys = { .count = 1 };
	struct verify sides = { 0 };
	size_t i;

	/* These are the bytes of judged, which frees them. */
	keys.keys[0].secret = judged->keys.secret;
	keys.keys[0].since_ms = judged->keys.since_ms;
	for (i = 0; i < judged->keys.count; i++) {
		const struct vaulted_old *old = &judged->keys.old[i];

		if (request->opening.now_ms >= old->until_ms)
			continue;
		keys.keys[keys.count].secret = old->secret;
		keys.keys[keys.count++].since_ms = old->since_ms;
	}
	judged->verdict =
		verify_start(&sides, request->provider, &request->opening, &keys);
	if (judged->verdict == SIGNATURE_GOOD) {
		if (subject.data)
			verify_add(&sides, subject.data, subject.len);
		judged->verdict = verify_finish(&sides);
	}
	judged->by_old = sides.by > 0;
	judged->by_ms = sides.since_ms[sides.by];
	verify_free(&sides);
}

void judged_judge(struct judged *judged, int64_t now_ms)
{
	struct diagnose_request *request = &judged->request;

	request->opening = (struct signature_opening){ .header = captured_header,
						       .request = &judged->captured,
						       .now_ms = now_ms };
	vaulted_hand(request, &judged->keys);
	request->body = view(&judged->captured.body);
	request->is_form = captured_is_form(&judged->captured);
	if (request->is_form && captured_payload(&judged->payload, &judged->captured))
		request->payload = view(&judged->payload);
	verify(judged);
	diagnose(&judged->diagnosis, request);
	judged->problem = find_problem(judged);
}

void judged_free(struct judged *judged)
{
	captured_free(&judged->captured);
	buf_free(&judged->payload);
	vaulted_wipe(&judged->keys);
}

bool judged_is_good(const struct judged *judged)
{
	return judged->verdict == SIGNATURE_GOOD && !judged->problem;
}
