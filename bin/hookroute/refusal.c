#include "bin/hookroute/refusal.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/buf.h"

void refusal_write_time(struct buf *out, uint64_t time_ms)
{
	if (time_ms % 1000 == 0)
		buf_add_format(out, "%" PRIu64 " s", time_ms / 1000);
	else
		buf_add_format(out, "%" PRIu64 " ms", time_ms);
}

void refusal_write_size(struct buf *out, uint64_t bytes)
{
	if (bytes % (1 << 20) == 0)
		buf_add_format(out, "%" PRIu64 " MB", bytes >> 20);
	else
		buf_add_format(out, "%" PRIu64 " bytes", bytes);
}

void refusal_write(struct buf *out, const struct refusal *refusal)
{
	switch ((enum refusal_why)refusal->why) {
	case REFUSED_TIME:
		buf_add_str(out, "took more than ");
		refusal_write_time(out, refusal->amount);
		buf_add_str(out,
			    " of processor time; mend it, or raise HOOKTOOLS_ROUTE_TIME");
		break;
	case REFUSED_MEMORY:
		buf_add_str(out, "wanted more than ");
		refusal_write_size(out, refusal->amount);
		buf_add_str(out, " of memory; mend it, or raise HOOKTOOLS_ROUTE_MEMORY");
		break;
	case REFUSED_CRASH:
		buf_add_format(out,
			       "made jq end with signal %" PRIu64
			       ": too deep a recursion, or too large a value",
			       refusal->amount);
		break;
	case REFUSED_COUNT:
		buf_add_format(out, "more than %" PRIu64 " deliveries of one event",
			       refusal->amount);
		break;
	case REFUSED_SIZE:
		buf_add_str(out, "its deliveries have more than ");
		refusal_write_size(out, refusal->amount);
		buf_add_str(out, "; send large things with \"payload\"");
		break;
	case REFUSED_SILENT:
		buf_add_str(out, "had no result after ");
		refusal_write_time(out, refusal->amount);
		break;
	default:
		abort();
	}
}
