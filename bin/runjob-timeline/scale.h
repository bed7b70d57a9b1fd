#ifndef BIN_RUNJOB_TIMELINE_SCALE_H
#define BIN_RUNJOB_TIMELINE_SCALE_H

#include <stdint.h>

/* Times as places on a line of so many columns (or dots), and as words. */
struct scale {
	int64_t from_ms;
	int64_t length_ms; /* more than 0 */
	unsigned width;
};

/* Where that time is, 0 to width; what is outside is at the edge. */
unsigned scale_at(const struct scale *scale, int64_t unix_ms);

/* How far apart ticks are, so that there are no more than most of them: a round number. */
int64_t scale_step_ms(const struct scale *scale, unsigned most);

/* "340ms" "12.3s" "4m05s" "2h07m" "3d04h" */
#define SCALE_TEXT 32
void scale_text(char out[static SCALE_TEXT], int64_t length_ms);

/* A tick's, as short as it can be: "0" "500ms" "15s" "2m" "2m30s" "1h" */
void scale_tick(char out[static SCALE_TEXT], int64_t length_ms);

#endif
