/* What was heard last: the answer of /api/live, every workload by its key, and the last outage, which may go on. */
export const known = { live: null, token: "", rows: new Map(), outage: null };
