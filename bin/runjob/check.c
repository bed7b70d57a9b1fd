#include "bin/runjob/check.h"

#include <stddef.h>
#include <string.h>

#include "lib/error.h"
#include "lib/str.h"
#include "lib/vault_rules.h"

enum { LABEL_MAX = 140, CPU_UNIT_US = 100000, CPU_LEAST_US = 1000, CPUS_MAX = 1000 };

int check_label(const char *text, const char *what, struct error *err)
{
	size_t len = strlen(text);
	size_t i;

	if (len == 0 || len > LABEL_MAX)
		return error_set(err, ERROR_DATA, "'%s' wants 1 to %d bytes", what,
				 LABEL_MAX);
	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x20 || c == 0x7f || c == '"' || c == '\\')
			return error_set(err, ERROR_DATA,
					 "'%s' has a character that no name has", what);
	}
	return 0;
}

int check_pair(const char *pair, struct error *err)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
	size_t len = strspn(pair, letters);

	if (len == 0 || (pair[0] >= '0' && pair[0] <= '9') || pair[len] != '=')
		return error_set(err, ERROR_DATA, "'%.*s' is no NAME=VALUE", (int)len + 1,
				 pair);
	return 0;
}

int check_reader(const char *who, struct error *err)
{
	if (vault_is_subject(who))
		return 0;
	return error_set(err, ERROR_DATA,
			 "'%.200s' is nobody who reads secrets: want pipeline/NAME, "
			 "namespace/NAME, repository/NAME or another of hookvault(5)",
			 who);
}

static int bad_cpu(const char *text, struct error *err)
{
	return error_set(err, ERROR_DATA, "'%s' is no number of CPUs, as 1.5", text);
}

int check_cpu(uint64_t *cpu_us, const char *text, struct error *err)
{
	uint64_t whole = 0;
	uint64_t unit = CPU_UNIT_US / 10;
	const char *p;

	for (p = text; *p >= '0' && *p <= '9' && whole <= CPUS_MAX; p++)
		whole = whole * 10 + (uint64_t)(*p - '0');
	if (p == text || whole > CPUS_MAX)
		return bad_cpu(text, err);
	whole *= CPU_UNIT_US;
	if (*p == '.' && p[1]) {
		for (p++; *p >= '0' && *p <= '9' && unit; p++, unit /= 10)
			whole += unit * (uint64_t)(*p - '0');
	}
	if (*p || whole < CPU_LEAST_US)
		return bad_cpu(text, err);
	*cpu_us = whole;
	return 0;
}
