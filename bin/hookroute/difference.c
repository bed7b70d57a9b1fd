#include "bin/hookroute/difference.h"

#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/json.h"
#include "lib/uuid.h"

/* One side: its deliveries' texts, NULL for those that have their like. */
struct side {
	const struct deliveries *deliveries;
	char **texts;
};

static jv without_id(jv send, const char *id)
{
	jv own = jv_object_get(jv_copy(send), jv_string("id"));
	bool ours =
		jv_get_kind(own) == JV_KIND_STRING && str_equal(jv_string_value(own), id);

	jv_free(own);
	return ours ? jv_object_delete(send, jv_string("id")) : send;
}

/* All that matters of it; the id that we gave it does not. */
static char *text_of(const struct delivery *delivery, const char *event_id)
{
	auto_buf struct buf text = BUF_EMPTY;
	const char *send = delivery->send ? delivery->send : "null";
	struct error ignored = { 0 };
	char id[UUID_LEN];
	jv value = jv_invalid();

	delivery_id(id, event_id, delivery);
	buf_add_format(&text, "%s\n%s\n%s\n%d%d\n%s\n", delivery->route,
		       delivery->to ? delivery->to : "",
		       delivery->problem ? delivery->problem : "", (int)delivery->with,
		       (int)delivery->latest, delivery->lane ? delivery->lane : "");
	if (json_parse(&value, send, strlen(send), &ignored) == 0) {
		if (jv_get_kind(value) == JV_KIND_OBJECT)
			value = without_id(value, id);
		json_dump(&text, value);
		json_free(&value);
	}
	return buf_take(&text);
}

static struct side make_side(const struct deliveries *deliveries, const char *id)
{
	struct side side = { deliveries, calloc(deliveries->count + 1, sizeof(char *)) };
	size_t i;

	if (!side.texts)
		abort();
	for (i = 0; i < deliveries->count; i++)
		side.texts[i] = text_of(&deliveries->list[i], id);
	return side;
}

static void free_side(struct side *side)
{
	size_t i;

	for (i = 0; i < side->deliveries->count; i++)
		free(side->texts[i]);
	free(side->texts);
}

static void drop(char **text)
{
	free(*text);
	*text = NULL;
}

static void cross_out(struct side *was, struct side *is)
{
	size_t i;
	size_t j;

	for (i = 0; i < was->deliveries->count; i++) {
		for (j = 0; j < is->deliveries->count; j++) {
			if (!str_equal(was->texts[i], is->texts[j]))
				continue;
			drop(&was->texts[i]);
			drop(&is->texts[j]);
			break;
		}
	}
}

static void add(struct differences *differences, const struct delivery *was,
		const struct delivery *is)
{
	struct difference *list =
		realloc(differences->list, (differences->count + 1) * sizeof(*list));

	if (!list)
		abort();
	list[differences->count++] = (struct difference){ was, is };
	differences->list = list;
}

static bool is_alike(const struct delivery *a, const struct delivery *b)
{
	return str_equal(a->route, b->route) && str_equal(a->to, b->to);
}

/* Its counterpart, that only says something else, or NULL. */
static const struct delivery *take_alike(struct side *side,
					 const struct delivery *delivery)
{
	size_t i;

	for (i = 0; i < side->deliveries->count; i++) {
		if (!side->texts[i] || !is_alike(&side->deliveries->list[i], delivery))
			continue;
		drop(&side->texts[i]);
		return &side->deliveries->list[i];
	}
	return NULL;
}

void differences_find(struct differences *differences, const struct deliveries *was,
		      const struct deliveries *is, const char *id)
{
	struct side old = make_side(was, id);
	struct side new = make_side(is, id);
	size_t i;

	cross_out(&old, &new);
	for (i = 0; i < was->count; i++) {
		if (old.texts[i])
			add(differences, &was->list[i], take_alike(&new, &was->list[i]));
	}
	for (i = 0; i < is->count; i++) {
		if (new.texts[i])
			add(differences, NULL, &is->list[i]);
	}
	free_side(&old);
	free_side(&new);
}

void differences_free(struct differences *differences)
{
	free(differences->list);
	*differences = (struct differences){ NULL, 0 };
}
