#ifndef BIN_TOKENMINT_DOCTOR_H
#define BIN_TOKENMINT_DOCTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "bin/tokenmint/mint.h"
#include "lib/buf.h"

struct error;

/* What `tokenmint doctor` has found so far: lines for people, or objects of JSON. */
enum doctor_state { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL };

struct doctor {
	struct mint *mint;
	struct buf *out;
	bool json;
	int64_t now_ms;
	const char *check; /* what is looked at */
	unsigned failures;
};

/* next: what to do about it, or NULL. */
void doctor_say(struct doctor *doctor, enum doctor_state state, const char *next,
		const char *format, ...) __attribute__((format(printf, 4, 5)));

/* What a refusal by GitHub with this status means to tokenmint; NULL for another. */
const char *doctor_meaning(int status);

/* Ask GitHub about an App: its clock, its key, its installations and what they grant. */
void doctor_app(struct doctor *doctor, const char *name);

/* What is here: the stored tokens by age, and what the audit file has of the last day. */
void doctor_tokens(struct doctor *doctor);
void doctor_refusals(struct doctor *doctor);

/* Was a token with this permission ever asked for, by the audit file?  *unlimited counts those
 * that were minted without naming permissions. */
int doctor_is_used(bool *used, uint64_t *unlimited, const struct layout *layout,
		   const char *app, const char *permission);

#endif
