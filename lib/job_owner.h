#ifndef LIB_JOB_OWNER_H
#define LIB_JOB_OWNER_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct layout;

/*
 * Whose a job is.  A user's name as an owner is 56 zeros and the uid as 8 hexadecimal digits;
 * a certificate's is the SHA-256 of its DER bytes, as its fingerprint.  The owner's jobs are in
 * <state>/jobs/<owner>/.  When a certificate is renewed, the new one's name becomes a link to
 * the old one's, and both are one owner: the one whose folder it is.
 */
#define JOB_OWNER_LEN 65 /* 64 hexadecimal digits and the NUL */

/* Us, by our effective uid. */
void job_owner_self(char owner[static JOB_OWNER_LEN]);

/* 64 hexadecimal digits of either case, also with colons between the bytes, as openssl(1) and
 * certtool(1) print them.  False for anything else. */
bool job_owner_parse(char owner[static JOB_OWNER_LEN], const char *text);

/* Whose folder layout->owner means, us for NULL; no such folder need be there. */
int job_owner_find(char owner[static JOB_OWNER_LEN], const struct layout *layout,
		   struct error *err);

/* <state>/jobs/<owner>; the caller frees it. */
char *job_owner_path(const struct layout *layout, const char *owner);

/* From now on renewed means layout->owner, too.  One that has jobs of its own is ERROR_DENIED;
 * one that means it already is fine. */
int job_owner_renew(const struct layout *layout, const char *renewed, struct error *err);

/* All who have a folder. */
struct job_owners {
	char (*names)[JOB_OWNER_LEN];
	size_t count;
};

#define JOB_OWNERS_EMPTY                                                                 \
	{                                                                                \
		NULL, 0                                                                  \
	}
#define auto_job_owners __attribute__((cleanup(job_owners_free)))

int job_owners_read(struct job_owners *owners, const struct layout *layout,
		    struct error *err);
void job_owners_free(struct job_owners *owners);

#endif
