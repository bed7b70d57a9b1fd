#ifndef BIN_RUNJOB_SHIM_RESULT_H
#define BIN_RUNJOB_SHIM_RESULT_H

struct error;
struct supervisor;

enum result_action { RESULT_STARTED, RESULT_COMPLETED };

/*
 * Put the event "job" about it into the spool, see hookjobs(5).  Its id follows from the
 * job's, so that whoever repeats it after a crash makes no second event of it.
 */
int result_publish(const struct supervisor *supervisor, enum result_action action,
		   struct error *err);

#endif
