#ifndef BIN_HOOKROUTE_FORWARD_CHAT_H
#define BIN_HOOKROUTE_FORWARD_CHAT_H

struct buf;

/* Append the body that a chat's webhook wants for a text.  style: "slack" (Mattermost takes
 * the same), "discord" or "teams".  Nobody is called by name: a text may hold what a stranger
 * wrote. */
void chat_write(struct buf *out, const char *style, const char *text);

#endif
