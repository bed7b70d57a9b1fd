#include "bin/tokenmint-agent/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/str.h"

#define FILE_LIMIT ((size_t)1 << 20)
#define NAME_MAX_LEN 100

static void rule_free(struct policy_rule *rule)
{
	for (size_t i = 0; i < rule->repository_count; i++)
		free(rule->repositories[i]);
	for (size_t i = 0; i < rule->permission_count; i++)
		free(rule->permissions[i].name);
	free((void *)rule->repositories);
	free(rule->permissions);
	free(rule->owner);
	free(rule->app);
	*rule = (struct policy_rule){ .owner = NULL };
}

void policy_free(struct policy *policy)
{
	for (size_t i = 0; i < policy->count; i++)
		rule_free(&policy->rules[i]);
	free(policy->rules);
	*policy = (struct policy)POLICY_EMPTY;
}

/* One more place at the end of an array. */
static void *grow(void *items, size_t count, size_t size)
{
	void *grown = reallocarray(items, count + 1, size);

	if (!grown)
		abort();
	return grown;
}

static struct str_view trim(struct str_view text)
{
	while (text.len > 0 && strchr(" \t\r", text.data[0])) {
		text.data++;
		text.len--;
	}
	while (text.len > 0 && strchr(" \t\r", text.data[text.len - 1]))
		text.len--;
	return text;
}

/* "word rest": the text behind the word and blanks; len 0 when it is another word. */
static struct str_view behind(struct str_view text, const char *word)
{
	size_t len = strlen(word);

	if (text.len <= len + 1 || memcmp(text.data, word, len) != 0 ||
	    !strchr(" \t", text.data[len]))
		return (struct str_view){ NULL, 0 };
	return trim((struct str_view){ text.data + len, text.len - len });
}

static char *copy_of(struct str_view text)
{
	return str_format("%.*s", (int)text.len, text.data);
}

static int take_owner(struct policy_rule *rule, struct str_view owner, struct error *err)
{
	auto_free char *name = copy_of(owner);

	if (!ask_is_part(owner))
		return error_set(err, ERROR_CONFIG, "'%.100s' is no owner", name);
	if (rule->owner && !str_equal_nocase(rule->owner, name))
		return error_set(err, ERROR_CONFIG,
				 "a line grants what one owner has, not '%s' and '%s'",
				 rule->owner, name);
	if (!rule->owner)
		rule->owner = str_dup(name);
	return 0;
}

static int take_repository(struct policy_rule *rule, struct str_view text,
			   struct error *err)
{
	const char *slash = memchr(text.data, '/', text.len);
	struct str_view name = { NULL, 0 };

	if (slash)
		name = (struct str_view){ slash + 1,
					  text.len - (size_t)(slash + 1 - text.data) };
	if (!slash || !ask_is_part(name))
		return error_set(err, ERROR_CONFIG,
				 "repository wants OWNER/NAME, not '%.*s'",
				 text.len < 100 ? (int)text.len : 100, text.data);
	if (rule->repository_count == ASK_SCOPE)
		return error_set(err, ERROR_CONFIG, "more than %d repositories",
				 ASK_SCOPE);
	if (take_owner(rule, (struct str_view){ text.data, (size_t)(slash - text.data) },
		       err) < 0)
		return -1;
	rule->repositories = grow((void *)rule->repositories, rule->repository_count,
				  sizeof *rule->repositories);
	rule->repositories[rule->repository_count++] = copy_of(name);
	return 0;
}

static int take_permission(struct policy_rule *rule, struct str_view text,
			   struct error *err)
{
	const char *sign = memchr(text.data, '=', text.len);
	size_t name_len = sign ? (size_t)(sign - text.data) : 0;
	struct str_view name = { text.data, name_len };
	struct policy_permission permission = { NULL, ASK_READ };

	if (!sign || !ask_is_permission(name) ||
	    !ask_level_read(&permission.level,
			    (struct str_view){ sign + 1, text.len - name_len - 1 }))
		return error_set(err, ERROR_CONFIG,
				 "'%.*s' is not understood: want repository OWNER/NAME, "
				 "owner NAME, app NAME, everything, or a permission as "
				 "contents=read",
				 text.len < 100 ? (int)text.len : 100, text.data);
	if (rule->permission_count == ASK_SCOPE)
		return error_set(err, ERROR_CONFIG, "more than %d permissions",
				 ASK_SCOPE);
	permission.name = copy_of(name);
	rule->permissions = grow(rule->permissions, rule->permission_count,
				 sizeof *rule->permissions);
	rule->permissions[rule->permission_count++] = permission;
	return 0;
}

static int take_app(struct policy_rule *rule, struct str_view name, struct error *err)
{
	if (rule->app || !ask_is_part(name))
		return error_set(err, ERROR_CONFIG, "app wants one name");
	rule->app = copy_of(name);
	return 0;
}

static int take_term(struct policy_rule *rule, bool *is_everything, struct str_view term,
		     struct error *err)
{
	struct str_view rest = behind(term, "repository");

	if (rest.len > 0)
		return take_repository(rule, rest, err);
	rest = behind(term, "owner");
	if (rest.len > 0)
		return take_owner(rule, rest, err);
	rest = behind(term, "app");
	if (rest.len > 0)
		return take_app(rule, rest, err);
	if (str_view_equal(term, "everything")) {
		*is_everything = true;
		return 0;
	}
	return take_permission(rule, term, err);
}

/* A name or a number; a name that the machine does not know is a mistake. */
static int find_id(unsigned *id, bool is_group, struct str_view text, struct error *err)
{
	auto_free char *name = copy_of(text);
	const struct passwd *user = NULL;
	const struct group *group = NULL;
	struct error ignored = { 0 };
	uint64_t number = 0;

	if (str_to_u64(&number, name, 0, UINT32_MAX - 1, &ignored) == 0) {
		*id = (unsigned)number;
		return 0;
	}
	if (text.len == 0 || text.len > NAME_MAX_LEN)
		return error_set(err, ERROR_CONFIG, "want user NAME: or group NAME:");
	if (is_group)
		group = getgrnam(name);
	else
		user = getpwnam(name);
	if (!group && !user)
		return error_set(err, ERROR_CONFIG, "this machine knows no %s '%s'",
				 is_group ? "group" : "user", name);
	*id = group ? group->gr_gid : user->pw_uid;
	return 0;
}

static int take_subject(struct policy_rule *rule, struct str_view text, struct error *err)
{
	struct str_view name = behind(text, "user");

	if (name.len == 0) {
		name = behind(text, "group");
		rule->is_group = true;
	}
	return find_id(&rule->id, rule->is_group, name, err);
}

static int take_terms(struct policy_rule *rule, struct str_view text, struct error *err)
{
	bool is_everything = false;

	while (text.len > 0) {
		const char *comma = memchr(text.data, ',', text.len);
		size_t len = comma ? (size_t)(comma - text.data) : text.len;

		if (take_term(rule, &is_everything,
			      trim((struct str_view){ text.data, len }), err) < 0)
			return -1;
		text.data += len + (comma ? 1 : 0);
		text.len -= len + (comma ? 1 : 0);
	}
	if (!rule->owner)
		return error_set(err, ERROR_CONFIG, "of which repository or owner?");
	if (is_everything == (rule->permission_count > 0))
		return error_set(err, ERROR_CONFIG,
				 "which permissions?  Some as contents=read, or else "
				 "the word everything");
	return 0;
}

int policy_add(struct policy *policy, struct str_view line, struct error *err)
{
	struct str_view text = trim(line);
	const char *colon = NULL;
	struct policy_rule rule = { .owner = NULL };
	size_t subject_len = 0;

	if (text.len == 0 || text.data[0] == '#')
		return 0;
	colon = memchr(text.data, ':', text.len);
	if (!colon)
		return error_set(err, ERROR_CONFIG, "want user NAME: or group NAME:");
	subject_len = (size_t)(colon - text.data);
	if (take_subject(&rule, trim((struct str_view){ text.data, subject_len }), err) <
		    0 ||
	    take_terms(&rule, (struct str_view){ colon + 1, text.len - subject_len - 1 },
		       err) < 0) {
		rule_free(&rule);
		return -1;
	}
	policy->rules = grow(policy->rules, policy->count, sizeof *policy->rules);
	policy->rules[policy->count++] = rule;
	return 0;
}

static int open_file(int *fd, const char *path, struct error *err)
{
	struct stat st = { 0 };

	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (*fd < 0 && errno == ENOENT)
		return error_set(err, ERROR_CONFIG,
				 "no policy at '%s': tokenmint-agent(8) says what goes "
				 "into it",
				 path);
	if (*fd < 0 || fstat(*fd, &st) < 0)
		return error_errno(err, "open policy '%s'", path);
	if (!S_ISREG(st.st_mode) || (st.st_mode & 022) != 0)
		return error_set(err, ERROR_DENIED,
				 "policy '%s' has mode %04o: others could write it", path,
				 (unsigned)st.st_mode & 07777);
	return 0;
}

int policy_read(struct policy *policy, const char *path, struct error *err)
{
	auto_close int fd = -1;
	auto_buf struct buf text = BUF_EMPTY;
	auto_policy struct policy read = POLICY_EMPTY;
	const char *rest = NULL;

	if (open_file(&fd, path, err) < 0 || file_read_fd(&text, fd, FILE_LIMIT, err) < 0)
		return -1;
	rest = buf_str(&text);
	for (unsigned number = 1; rest; number++) {
		struct str_view line = str_split(&rest, '\n');

		if (policy_add(&read, line, err) < 0)
			return error_wrap(err, "%s:%u", path, number);
	}
	policy_free(policy);
	*policy = read;
	read = (struct policy)POLICY_EMPTY;
	return 0;
}
