#ifndef BIN_HOOKROUTE_PLUGIN_UNPACK_H
#define BIN_HOOKROUTE_PLUGIN_UNPACK_H

struct error;
struct sealed;

enum unpack_kind { UNPACK_NONE, UNPACK_ZIP, UNPACK_TAR };

/*
 * Take the one executable out of an archive: the only regular file, or the only one that is
 * marked executable.  tar(1) and unzip(1) read the archive and write that file to us, so nothing is
 * ever put on the disk; one with a link, a device, a path that leaves the folder, a name twice or
 * more than 256 entries is refused as a whole.  ERROR_DATA tells what is wrong with it.
 */
int unpack(struct sealed *program, const struct sealed *archive, enum unpack_kind kind,
	   struct error *err);

#endif
