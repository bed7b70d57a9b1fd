#include "bin/tokenmint/event.h"

#include "lib/error.h"
#include "lib/json_plain.h"

/* "create" and "delete" stand in older descriptions of GitHub's events. */
static const struct row {
	const char *event;
	const char *action;
	enum event_wish wish;
} rows[] = {
	{ "installation", "created", EVENT_STORE },
	{ "installation", "create", EVENT_STORE },
	{ "installation", "unsuspend", EVENT_STORE },
	{ "installation", "new_permissions_accepted", EVENT_STORE },
	{ "installation", "suspend", EVENT_REMOVE },
	{ "installation", "deleted", EVENT_FORGET },
	{ "installation", "delete", EVENT_FORGET },
	{ "installation_repositories", "added", EVENT_STORE },
	{ "installation_repositories", "removed", EVENT_STORE },
	{ "installation_target", "renamed", EVENT_RENAME },
};

static enum event_wish find_wish(struct str_view event, struct str_view action)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (str_view_equal(event, rows[i].event) &&
		    str_view_equal(action, rows[i].action))
			return rows[i].wish;
	return EVENT_IGNORE;
}

static int read_installation(struct event_installation *event, struct str_view payload,
			     struct error *err)
{
	struct str_view account = { NULL, 0 };

	if (!json_plain_object(&event->object, payload, "installation") ||
	    !json_plain_u64(&event->id, event->object, "id") || event->id == 0)
		return error_set(err, ERROR_DATA,
				 "the event has no payload.installation.id");
	/* An enterprise has a slug where users and organisations have a login; who was renamed
	 * stands beside the installation. */
	if ((!json_plain_object(&account, event->object, "account") &&
	     !json_plain_object(&account, payload, "account")) ||
	    (!json_plain_string(&event->owner, account, "login") &&
	     !json_plain_string(&event->owner, account, "slug")))
		return error_set(err, ERROR_DATA,
				 "the event has no payload.installation.account.login");
	return 0;
}

int event_read(struct event_installation *event, struct str_view line, struct error *err)
{
	struct event_installation read = { .wish = EVENT_IGNORE };
	struct str_view provider = { NULL, 0 };
	struct str_view name = { NULL, 0 };
	struct str_view payload = { NULL, 0 };

	if (!json_plain_is_valid(line) || !json_plain_string(&name, line, "event"))
		return error_set(err, ERROR_DATA, "not an event of hookevent(5)");
	if (json_plain_string(&provider, line, "provider") &&
	    str_view_equal(provider, "github") &&
	    json_plain_object(&payload, line, "payload") &&
	    json_plain_string(&read.action, payload, "action"))
		read.wish = find_wish(name, read.action);
	if (read.wish != EVENT_IGNORE && read_installation(&read, payload, err) < 0)
		return -1;
	*event = read;
	return 0;
}
