#ifndef LIB_PIPELINE_STATE_H
#define LIB_PIPELINE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/str.h"

struct buf;
struct error;

/*
 * What is deployed of a registered pipeline: the version for all, that of a share, and those
 * that were there before.  This is the core: what a deployment changes, and which version a
 * run is of.  It knows no file and no clock.
 */
enum pipeline_type {
	PIPELINE_ALL,
	PIPELINE_CANARY,
	PIPELINE_PROMOTE,
	PIPELINE_ROLLBACK,
	PIPELINE_ENABLE,
	PIPELINE_DISABLE,
	PIPELINE_TYPES
};

/* One deployment, as the log of them has it. */
struct pipeline_deployment {
	uint64_t number; /* counted from 1; 0: none */
	int64_t at_ms;
	enum pipeline_type type;
	uint64_t version; /* 0: of none, for enable and disable */
	uint32_t share;	  /* see pipeline_share.h */
	char by[33];
};

enum { PIPELINE_BEFORE_MAX = 100 };

struct pipeline_state {
	uint64_t version; /* for all; 0: nothing is deployed */
	uint64_t since;	  /* the number of its deployment */
	uint64_t canary;  /* 0: none */
	uint64_t canary_since;
	uint32_t share;
	bool is_disabled;
	uint64_t before[PIPELINE_BEFORE_MAX]; /* the last one is the one to go back to */
	size_t before_count;
	struct pipeline_deployment last;
};

const char *pipeline_type_name(enum pipeline_type type);

/* wanted: type, version, share, time and by whom; state->last is what came of it.  *changed is
 * false when all is so already.  What cannot be is ERROR_ABSENT. */
int pipeline_state_change(struct pipeline_state *state, bool *changed,
			  const struct pipeline_deployment *wanted, struct error *err);

enum pipeline_why { PIPELINE_IS_CURRENT, PIPELINE_IS_CANARY, PIPELINE_IS_ASKED };

struct pipeline_choice {
	uint64_t version;
	enum pipeline_why why;
	uint64_t deployment; /* by which it came to run this version; 0: by none */
};

const char *pipeline_why_name(enum pipeline_why why);

/* asked is the version that was asked for, or 0.  Nothing deployed is ERROR_ABSENT. */
int pipeline_state_choose(struct pipeline_choice *choice,
			  const struct pipeline_state *state, uint64_t asked,
			  const char *run_id, struct error *err);

/* "3:canary:7", what is noted of a run; false when it is none. */
bool pipeline_choice_parse(struct pipeline_choice *choice, const char *text);
void pipeline_choice_add(struct buf *out, const struct pipeline_choice *choice);

/* JSON objects; what is none is ERROR_DATA. */
void pipeline_deployment_dump(struct buf *out,
			      const struct pipeline_deployment *deployment);
int pipeline_deployment_parse(struct pipeline_deployment *deployment,
			      struct str_view text, struct error *err);
void pipeline_state_dump(struct buf *out, const struct pipeline_state *state);
int pipeline_state_parse(struct pipeline_state *state, struct str_view text,
			 struct error *err);

#endif
