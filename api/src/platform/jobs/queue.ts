import type { Enqueue } from '../module.js';

/** Adds a job in the transaction of `manager`: it is there exactly when the transaction commits. */
export const enqueue: Enqueue = async (manager, task, payload, options = {}) => {
  await manager.query('select enqueue_job($1, $2, $3, $4, $5, $6)', [
    task,
    JSON.stringify(payload),
    options.runAt ?? null,
    options.maxAttempts ?? 10,
    options.key ?? null,
    options.queue ?? null,
  ]);
};
