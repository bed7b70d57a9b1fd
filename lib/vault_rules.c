#include "lib/vault_rules.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/layout.h"
#include "lib/path.h"

enum { FILE_LIMIT = 1024 * 1024, SUBJECT_LEN_MAX = 200 };

/* What holds without a file, and what a file begins with in hookvault(5)'s example. */
static const char built_in[] = "role/admin   get,put,list,delete *\n"
			       "owner/*      get,put,list,delete pipeline/%/*\n"
			       "pipeline/*   get                 pipeline/%/*\n"
			       "pipeline/*   get                 global/*\n"
			       "repository/* get                 global/*\n"
			       "namespace/*  get                 global/%.*\n"
			       "user/*       get,list            user/%\n";

static const char *const kinds[] = {
	"group", "namespace", "owner", "pipeline", "repository", "role", "user",
};

static const struct right {
	const char *name;
	enum vault_right right;
} rights[] = {
	{ "get", VAULT_GET },
	{ "put", VAULT_PUT },
	{ "list", VAULT_LIST },
	{ "delete", VAULT_DELETE },
};

/* What stands before the separator, which is passed over; rest is empty at the end. */
static struct str_view cut(struct str_view *rest, char separator)
{
	const char *end = rest->len ? memchr(rest->data, separator, rest->len) : NULL;
	struct str_view part = { rest->data,
				 end ? (size_t)(end - rest->data) : rest->len };

	rest->data += part.len + (end != NULL);
	rest->len -= part.len + (end != NULL);
	return part;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next word of a line; empty at the end. */
static struct str_view next_word(struct str_view *line)
{
	struct str_view word = *line;

	while (word.len && is_blank(*word.data)) {
		word.data++;
		word.len--;
	}
	*line = word;
	word.len = 0;
	while (word.len < line->len && !is_blank(word.data[word.len]))
		word.len++;
	line->data += word.len;
	line->len -= word.len;
	return word;
}

/* The name behind the kind; empty when it is no subject of a known kind. */
static struct str_view subject_name(struct str_view who)
{
	struct str_view kind = cut(&who, '/');

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (str_view_equal(kind, kinds[i]))
			return who;
	return (struct str_view){ who.data, 0 };
}

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("._+@/-", c));
}

static bool is_name_text(struct str_view name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!is_name_byte(name.data[i]))
			return false;
	return name.len > 0 && name.len <= SUBJECT_LEN_MAX;
}

bool vault_is_subject(const char *who)
{
	return is_name_text(subject_name((struct str_view){ who, strlen(who) }));
}

static int read_who(struct vault_rule *rule, struct str_view word, struct error *err)
{
	while (word.len) {
		struct str_view who = cut(&word, '&');
		struct str_view name = subject_name(who);

		if (!is_name_text(name) && !str_view_equal(name, "*"))
			return error_set(err, ERROR_CONFIG,
					 "'%.*s' is nobody: want user/, group/, role/, "
					 "owner/, pipeline/, namespace/ or repository/ "
					 "and a name or *",
					 (int)who.len, who.data);
		if (rule->who_count == VAULT_RULE_SUBJECTS)
			return error_set(err, ERROR_CONFIG, "more than %d joined by &",
					 VAULT_RULE_SUBJECTS);
		rule->who[rule->who_count++] = who;
	}
	return 0;
}

static int read_rights(struct vault_rule *rule, struct str_view word, struct error *err)
{
	while (word.len) {
		struct str_view name = cut(&word, ',');
		unsigned found = 0;

		for (size_t i = 0; i < sizeof rights / sizeof rights[0]; i++)
			if (str_view_equal(name, rights[i].name))
				found = rights[i].right;
		if (!found)
			return error_set(err, ERROR_CONFIG,
					 "'%.*s' is no right: want get, put, list or "
					 "delete, joined by commas",
					 (int)name.len, name.data);
		rule->rights |= found;
	}
	return 0;
}

/* Letters as in names, % anywhere, * at the end only. */
static int read_what(struct vault_rule *rule, struct str_view word, struct error *err)
{
	for (size_t i = 0; i < word.len; i++)
		if (!is_name_byte(word.data[i]) && word.data[i] != '%' &&
		    !(word.data[i] == '*' && i + 1 == word.len))
			return error_set(err, ERROR_CONFIG,
					 "'%.*s' is no name of secrets: a * may stand at "
					 "its end",
					 (int)word.len, word.data);
	rule->what = word;
	return 0;
}

static int read_rule(struct vault_rule *rule, struct str_view line, struct error *err)
{
	struct str_view who = next_word(&line);
	struct str_view may = next_word(&line);
	struct str_view what = next_word(&line);

	if (!what.len || next_word(&line).len)
		return error_set(err, ERROR_CONFIG,
				 "want three words: who, rights, secrets");
	if (read_who(rule, who, err) < 0 || read_rights(rule, may, err) < 0 ||
	    read_what(rule, what, err) < 0)
		return -1;
	return 0;
}

static int read_line(struct buf *list, struct str_view line, struct error *err)
{
	struct vault_rule rule = { .who_count = 0 };
	struct str_view look = line;
	struct str_view first = next_word(&look);

	if (!first.len || *first.data == '#')
		return 0;
	if (list->len / sizeof rule >= VAULT_RULES_MAX)
		return error_set(err, ERROR_CONFIG, "more than %d rules",
				 VAULT_RULES_MAX);
	if (read_rule(&rule, line, err) < 0)
		return -1;
	buf_add(list, &rule, sizeof rule);
	return 0;
}

int vault_rules_parse(struct vault_rules *rules, struct str_view text, const char *what,
		      struct error *err)
{
	auto_free char *copy = NULL;
	auto_buf struct buf list = BUF_EMPTY;
	struct str_view rest = { NULL, text.len };

	if (text.len && memchr(text.data, '\0', text.len))
		return error_set(err, ERROR_CONFIG, "'%s' has a NUL byte in it", what);
	copy = str_format("%.*s", (int)text.len, text.len ? text.data : "");
	rest.data = copy;
	for (unsigned number = 1; rest.len; number++)
		if (read_line(&list, cut(&rest, '\n'), err) < 0)
			return error_wrap(err, "%s:%u", what, number);
	rules->count = list.len / sizeof *rules->rules;
	rules->rules = (void *)buf_take(&list);
	rules->text = copy;
	copy = NULL;
	return 0;
}

/* Who may write the rules may read the secrets. */
static int check_writers(int fd, const char *path, struct error *err)
{
	struct stat status = { 0 };

	if (fstat(fd, &status) < 0)
		return error_errno(err, "look at '%s'", path);
	if ((status.st_uid != 0 && status.st_uid != geteuid()) ||
	    (status.st_mode & 022) != 0)
		return error_set(err, ERROR_DENIED,
				 "'%s' could be written by others: chmod go-w, and root "
				 "or this user as its owner",
				 path);
	return 0;
}

int vault_rules_read(struct vault_rules *rules, const struct layout *layout,
		     struct error *err)
{
	auto_free char *path = path_join(layout->conf, "vault.rules");
	auto_buf struct buf text = BUF_EMPTY;
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0 && errno == ENOENT)
		return vault_rules_parse(
			rules, (struct str_view){ built_in, sizeof built_in - 1 },
			"built-in rules", err);
	if (fd < 0)
		return error_errno(err, "open '%s'", path);
	if (check_writers(fd, path, err) < 0)
		return -1;
	if (file_read_fd(&text, fd, FILE_LIMIT, err) < 0)
		return error_wrap(err, "'%s'", path);
	return vault_rules_parse(rules, (struct str_view){ buf_str(&text), text.len },
				 path, err);
}

void vault_rules_free(struct vault_rules *rules)
{
	free(rules->rules);
	free(rules->text);
	*rules = (struct vault_rules)VAULT_RULES_NONE;
}

/* The name after the subject that fits; NULL when none does. */
static const char *find_subject(struct str_view wanted, const char *const *who)
{
	struct str_view name = subject_name(wanted);
	size_t kind_len = (size_t)(name.data - wanted.data);
	bool any = str_view_equal(name, "*");

	for (; *who; who++)
		if (vault_is_subject(*who) && strncmp(*who, wanted.data, kind_len) == 0 &&
		    (any || str_view_equal(name, *who + kind_len)))
			return *who + kind_len;
	return NULL;
}

/* "%.*" for the name "a.b" would reach into what is meant for "a". */
static bool ends_well(struct str_view what, size_t percent, const char *name)
{
	return percent + 1 >= what.len || what.data[percent + 1] == '*' ||
	       !strchr(name, what.data[percent + 1]);
}

/* Does the pattern, each % in it standing for name, fit the secret? */
static bool fits(struct str_view what, const char *name, const char *secret)
{
	for (size_t i = 0; i < what.len; i++) {
		if (what.data[i] == '*')
			return true;
		if (what.data[i] != '%') {
			if (*secret++ != what.data[i])
				return false;
		} else if (!str_starts(secret, name) || !ends_well(what, i, name)) {
			return false;
		} else {
			secret += strlen(name);
		}
	}
	return *secret == '\0';
}

/* A name with a slash would reach into another's folder where % stands for one part. */
static const char *stand_in(const char *name)
{
	return name && !strchr(name, '/') ? name : NULL;
}

static bool is_kind(struct str_view who, const char *kind)
{
	return who.len > strlen(kind) && strncmp(who.data, kind, strlen(kind)) == 0;
}

static bool rule_allows(const struct vault_rule *rule, const char *const *who,
			const char *secret, bool is_fenced)
{
	const char *star = NULL;
	bool has_namespace = false;

	for (size_t i = 0; i < rule->who_count; i++) {
		const char *name = find_subject(rule->who[i], who);

		if (!name)
			return false;
		has_namespace |= is_kind(rule->who[i], "namespace/");
		if (!star)
			star = name;
	}
	if (is_fenced && !has_namespace)
		return false;
	star = stand_in(star);
	if (!star && memchr(rule->what.data, '%', rule->what.len))
		return false;
	return fits(rule->what, star ? star : "", secret);
}

static bool has_namespace(const char *const *who)
{
	for (; *who; who++)
		if (str_starts(*who, "namespace/"))
			return true;
	return false;
}

bool vault_rules_may(const struct vault_rules *rules, const char *const *who,
		     enum vault_right right, const char *name)
{
	bool is_fenced = str_starts(name, "global/") && has_namespace(who);

	for (size_t i = 0; i < rules->count; i++)
		if ((rules->rules[i].rights & right) != 0 &&
		    rule_allows(&rules->rules[i], who, name, is_fenced))
			return true;
	return false;
}

int vault_rules_check(const struct vault_rules *rules, const char *const *who,
		      enum vault_right right, const char *name, struct error *err)
{
	auto_buf struct buf text = BUF_EMPTY;
	const char *verb = "";

	if (vault_rules_may(rules, who, right, name))
		return 0;
	for (size_t i = 0; who[i]; i++)
		buf_add_format(&text, "%s%s", i ? " with " : "", who[i]);
	for (size_t i = 0; i < sizeof rights / sizeof rights[0]; i++)
		if (rights[i].right == right)
			verb = rights[i].name;
	return error_set(
		err, ERROR_DENIED,
		"%.200s may not %s secret '%.200s': no rule of hookvault(5) says so",
		text.len ? buf_str(&text) : "nobody", verb, name);
}
