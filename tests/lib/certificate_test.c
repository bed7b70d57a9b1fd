#include "lib/certificate.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/path.h"
#include "tests/lib/check.h"
#include "tests/lib/owner_pem.h"

static struct str_view view(const char *text)
{
	return (struct str_view){ text, strlen(text) };
}

static void put(const char *folder, const char *name, const char *text)
{
	auto_close int fd = -1;
	struct error err = { 0 };

	CHECK(file_make_dirs(folder, 0700, &err) == 0);
	CHECK(file_open_dir(&fd, AT_FDCWD, folder, &err) == 0);
	CHECK(file_replace(fd, name, text, strlen(text), 0600, &err) == 0);
}

static void a_certificate_is_its_der_bytes(void)
{
	auto_certificate struct certificate one = CERTIFICATE_EMPTY;
	auto_certificate struct certificate other = CERTIFICATE_EMPTY;
	auto_free char *around = str_format("Subject: a note\n%s\nmore\n", pem);
	struct error err = { 0 };

	CHECK(certificate_parse(&one, view(pem), &err) == 0);
	CHECK(certificate_parse(&other, view(around), &err) == 0);
	CHECK_STR(one.hash, HASH);
	CHECK_STR(other.hash, HASH);
	CHECK_STR(one.subject, "CN=owner");
	CHECK_STR(other.pem, pem);
	CHECK(one.ends_ms > one.begins_ms && !one.path);
}

static void what_is_no_certificate_is_refused(void)
{
	auto_certificate struct certificate one = CERTIFICATE_EMPTY;
	auto_free char *cut = str_format("%.*s", (int)sizeof(pem) / 2, pem);
	auto_free char *bent = str_dup(pem);
	static const char empty[] = "-----BEGIN CERTIFICATE-----\n"
				    "AAAA\n"
				    "-----END CERTIFICATE-----\n";
	const char *const texts[] = { "", "-----BEGIN CERTIFICATE-----\n", cut, bent,
				      empty };
	size_t i;

	memset(strchr(bent, '\n') + 1, 'A', 8);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct error err = { 0 };

		CHECK(certificate_parse(&one, view(texts[i]), &err) == -1 &&
		      err.kind == ERROR_DATA);
	}
	CHECK(!one.pem);
}

static void a_pool_is_read_whole_or_not_at_all(void)
{
	const char *home = getenv("HOOKTOOLS_CONF");
	auto_free char *pool = path_join(home, "pool");
	auto_free char *viewer = path_join(pool, "viewer");
	auto_free char *file = path_join(pool, "a");
	auto_free char *twice = str_format("%s%s", pem, pem);
	auto_certificates struct certificates all = CERTIFICATES_EMPTY;
	struct error err = { 0 };

	CHECK(certificates_read(&all, pool, &err) == -1 && err.kind == ERROR_ABSENT);
	CHECK(file_make_dirs(pool, 0700, &err) == 0);
	CHECK(certificates_read(&all, pool, &err) == 0 && all.count == 0);
	certificates_free(&all);
	put(viewer, "v", pem);
	put(pool, "a", twice);
	put(pool, ".hidden", pem);
	put(pool, "note", "no certificate");
	CHECK(certificates_read(&all, pool, &err) == 0 && all.count == 3);
	CHECK(all.items[0].role == CERTIFICATE_PLAIN &&
	      all.items[2].role == CERTIFICATE_VIEWER);
	CHECK_STR(all.items[1].path, file);
	CHECK(certificates_find(&all, HASH) == &all.items[0]);
	CHECK(!certificates_find(&all, "no hash"));
	certificates_free(&all);
	CHECK(certificates_read(&all, file, &err) == -1 && err.kind == ERROR_SYSTEM &&
	      all.count == 0);
}

static const struct check_case cases[] = {
	{ "a_certificate_is_its_der_bytes", a_certificate_is_its_der_bytes },
	{ "what_is_no_certificate_is_refused", what_is_no_certificate_is_refused },
	{ "a_pool_is_read_whole_or_not_at_all", a_pool_is_read_whole_or_not_at_all },
};

CHECK_MAIN(cases)
