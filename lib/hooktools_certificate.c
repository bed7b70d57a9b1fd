#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/hooktools_types.h"
#include "lib/path.h"
#include "lib/trust.h"

static struct hooktools_certificate *
make(const struct hooktools *tools, struct certificate *from, struct hooktools_error *err)
{
	struct hooktools_certificate *made =
		hooktools_room(sizeof(*made), HOOKTOOLS_ERROR_CERTIFICATE, err);

	if (!made)
		return NULL;
	made->tools = tools;
	made->certificate = *from;
	*from = (struct certificate)CERTIFICATE_EMPTY;
	return made;
}

int hooktools_certificates(struct hooktools_certificate ***list, size_t *count,
			   const struct hooktools *tools, struct hooktools_error *err)
{
	auto_certificates struct certificates pool = CERTIFICATES_EMPTY;
	struct hooktools_certificate **made = NULL;
	const size_t each = sizeof(struct hooktools_certificate *);
	struct error why = { 0 };
	size_t i;

	if (certificates_read(&pool, tools->pool, &why) < 0)
		return hooktools_fail(err, HOOKTOOLS_ERROR_CERTIFICATE, &why);
	made = hooktools_room((pool.count + 1) * each, HOOKTOOLS_ERROR_CERTIFICATE, err);
	if (!made)
		return -1;
	for (i = 0; i < pool.count; i++) {
		made[i] = make(tools, &pool.items[i], err);
		if (!made[i]) {
			hooktools_certificates_free(made, i);
			return -1;
		}
	}
	*list = made;
	*count = pool.count;
	return 0;
}

void hooktools_certificates_free(struct hooktools_certificate **list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		hooktools_certificate_free(list[i]);
	free(list);
}

/* As the server judges it: in the pool, or of a CA there, and neither revoked nor expired. */
static int find(struct certificate *found, const struct hooktools *tools,
		struct str_view pem, struct error *err)
{
	auto_free char *revoked = path_join(tools->layout.conf, "revoked");
	auto_certificate struct certificate given = CERTIFICATE_EMPTY;
	auto_trust struct trust trust = TRUST_EMPTY;
	struct trust_finding finding = { .why = "" };
	struct str_view der;

	if (certificate_parse(&given, pem, err) < 0 ||
	    trust_read(&trust, tools->pool, access(revoked, F_OK) == 0 ? revoked : NULL,
		       err) < 0)
		return -1;
	der = (struct str_view){ given.der, given.der_len };
	trust_judge(&finding, &trust, &der, 1, date_now_ms());
	if (finding.verdict != TRUST_GOOD)
		return error_set(err, ERROR_DENIED, "certificate '%s': %s", given.subject,
				 finding.why);
	given.role = finding.role;
	*found = given;
	given = (struct certificate)CERTIFICATE_EMPTY;
	return 0;
}

int hooktools_certificate_new(struct hooktools_certificate **certificate,
			      const struct hooktools *tools, const void *pem, size_t len,
			      struct hooktools_error *err)
{
	auto_certificate struct certificate found = CERTIFICATE_EMPTY;
	struct hooktools_certificate *made;
	struct error why = { 0 };

	if (find(&found, tools, (struct str_view){ pem, len }, &why) < 0)
		return hooktools_fail(err, HOOKTOOLS_ERROR_CERTIFICATE, &why);
	made = make(tools, &found, err);
	if (!made)
		return -1;
	*certificate = made;
	return 0;
}

void hooktools_certificate_free(struct hooktools_certificate *certificate)
{
	if (!certificate)
		return;
	certificate_free(&certificate->certificate);
	free(certificate);
}

const char *hooktools_certificate_bytes(const struct hooktools_certificate *certificate,
					size_t *len)
{
	if (len)
		*len = strlen(certificate->certificate.pem);
	return certificate->certificate.pem;
}

const char *hooktools_certificate_hash(const struct hooktools_certificate *certificate)
{
	return certificate->certificate.hash;
}

const char *hooktools_certificate_role(const struct hooktools_certificate *certificate)
{
	return certificate_role_name(certificate->certificate.role);
}
