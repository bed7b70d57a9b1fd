#ifndef BIN_HOOKRECV_JUDGED_H
#define BIN_HOOKRECV_JUDGED_H

#include "bin/hookrecv/captured.h"
#include "bin/hookrecv/diagnose.h"
#include "bin/hookrecv/vaulted.h"

/* A caught request, what is known to judge it by, and what came of it. */
struct judged {
	struct captured captured;
	struct buf payload; /* of a form */
	struct vaulted keys;
	struct diagnose_request request;
	struct diagnosis diagnosis;
	enum signature_verdict verdict; /* as a server would have it now */
	int64_t by_ms;			/* the name of the key that was good */
	bool by_old;
	const char *problem; /* why the payload is no JSON; NULL when it is */
};

#define JUDGED_NONE                                                                      \
	{                                                                                \
		.captured = CAPTURED_NONE, .payload = BUF_EMPTY, .keys = VAULTED_EMPTY   \
	}
#define auto_judged __attribute__((cleanup(judged_free)))

/* captured, keys and request.provider are filled; the rest comes of them. */
void judged_judge(struct judged *judged, int64_t now_ms);
void judged_free(struct judged *judged);

bool judged_is_good(const struct judged *judged);

/* Append all steps: as lines for a person, or as one object. */
void judged_print(struct buf *out, const struct judged *judged, bool json);

#endif
