#ifndef BIN_HOOKRECV_RECOVERED_H
#define BIN_HOOKRECV_RECOVERED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/uuid.h"

struct error;

/*
 * Deliveries that did not arrive, or that the forge has and we have not, and what became of
 * them: a small file for each in <state>/recovered/<hook>/, named by its id's digest.  It is
 * written before the forge is asked, so that the event, when it comes, is known to be one
 * that was recovered.
 */
struct recovered {
	char *delivery; /* the forge's id of it, the same with each try */
	char *forge_id; /* of one try */
	char *event;
	char *status; /* what the forge was answered, or what went wrong */
	bool missing; /* it says that it was delivered */
	bool gone;    /* the forge has it no longer */
	bool asked;   /* for in this run; not kept */
	uint64_t tries;
	int64_t found_ms;
	int64_t tried_ms;
	int64_t recovered_ms; /* 0: not here yet */
	char id[UUID_LEN];    /* of the event, once it is here */
};

#define RECOVERED_EMPTY                                                                  \
	{                                                                                \
		.delivery = NULL                                                         \
	}
#define auto_recovered __attribute__((cleanup(recovered_free)))

/* All of a hook, the oldest first. */
struct recovered_list {
	struct recovered *items;
	size_t count;
};

#define RECOVERED_LIST_EMPTY                                                             \
	{                                                                                \
		NULL, 0                                                                  \
	}
#define auto_recovered_list __attribute__((cleanup(recovered_list_free)))

/* Whose they are. */
struct recovered_place {
	const char *state;
	const char *hook_id;
};

/* Is this a delivery that the forge was to send again?  One look at a folder. */
bool recovered_expects(const struct recovered_place *place, const char *delivery);

int recovered_write(const struct recovered *recovered,
		    const struct recovered_place *place, struct error *err);
int recovered_drop(const struct recovered_place *place, const char *delivery,
		   struct error *err);
int recovered_list(struct recovered_list *list, const struct recovered_place *place,
		   struct error *err);

/* Add one, which is empty then; and bring them into their order. */
void recovered_add(struct recovered_list *list, struct recovered *item);
void recovered_sort(struct recovered_list *list);

/* How far a hook's deliveries were looked through; "" where nothing is known. */
struct recovered_mark {
	char *upto; /* a delivery: this one and the older ones are settled */
	char *top; /* what upto is to be when the rest, from next on, is looked through */
	char *next; /* the forge's page to go on with */
};

#define RECOVERED_MARK_EMPTY                                                             \
	{                                                                                \
		NULL, NULL, NULL                                                         \
	}
#define auto_recovered_mark __attribute__((cleanup(recovered_mark_free)))

int recovered_mark_read(struct recovered_mark *mark, const struct recovered_place *place,
			struct error *err);
int recovered_mark_write(const struct recovered_mark *mark,
			 const struct recovered_place *place, struct error *err);
void recovered_mark_free(struct recovered_mark *mark);

/* Take all of a hook away. */
int recovered_forget(const struct recovered_place *place, struct error *err);

void recovered_free(struct recovered *recovered);
void recovered_list_free(struct recovered_list *list);

#endif
