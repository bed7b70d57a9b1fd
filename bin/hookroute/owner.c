#include "bin/hookroute/owner.h"

#include <sys/stat.h>
#include <unistd.h>

#include "lib/error.h"
#include "lib/spool.h"

int owner_become(const struct spool *spool, int log, struct error *err)
{
	struct stat st = { 0 };
	struct stat log_st = { 0 };

	if (geteuid() != 0)
		return 0;
	if (fstat(spool->dir[SPOOL_NEW], &st) < 0)
		return error_errno(err, "look at folder 'new'");
	if (st.st_uid == 0)
		return 0;
	if (log >= 0 && fstat(log, &log_st) == 0 && log_st.st_uid == 0 &&
	    fchown(log, st.st_uid, st.st_gid) < 0)
		return error_errno(err, "give folder 'log' to the spool's owner");
	if (setegid(st.st_gid) < 0 || seteuid(st.st_uid) < 0)
		return error_errno(err, "become the spool's owner");
	return 0;
}
