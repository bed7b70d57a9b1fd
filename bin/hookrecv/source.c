#include "bin/hookrecv/source.h"

#include <stdio.h>
#include <string.h>

#include "lib/error.h"

static const char blanks[] = " \t";

int source_trust_add(struct source_trust *trust, const char *text, struct error *err)
{
	if (trust->count == SOURCE_RANGES)
		return error_set(err, ERROR_DATA, "more than %d trusted proxies",
				 SOURCE_RANGES);
	if (address_parse_range(&trust->ranges[trust->count], text, err) < 0)
		return -1;
	trust->count++;
	return 0;
}

bool source_is_trusted(const struct source_trust *trust, const struct address *address)
{
	size_t i;

	for (i = 0; i < trust->count; i++) {
		if (address_in_range(address, &trust->ranges[i]))
			return true;
	}
	return false;
}

/* The last address of the list, which loses it; false when there is none. */
static bool take_last(struct address *hop, const char *list, size_t *len)
{
	char text[ADDRESS_LEN] = "";
	size_t begin = *len;
	size_t end = *len;

	while (begin > 0 && list[begin - 1] != ',')
		begin--;
	*len = begin > 0 ? begin - 1 : 0;
	while (begin < end && strchr(blanks, list[begin]))
		begin++;
	while (end > begin && strchr(blanks, list[end - 1]))
		end--;
	if (end - begin >= sizeof(text))
		return false;
	memcpy(text, list + begin, end - begin);
	return address_parse(hop, text);
}

void source_find(struct source *source, const struct source_trust *trust,
		 const char *remote, const char *forwarded)
{
	size_t len = forwarded ? strlen(forwarded) : 0;

	if (!address_parse(&source->address, remote))
		source->address = address_unix;
	snprintf(source->text, sizeof(source->text), "%s", remote);
	while (source_is_trusted(trust, &source->address) &&
	       take_last(&source->address, forwarded ? forwarded : "", &len))
		address_format(source->text, &source->address);
}
