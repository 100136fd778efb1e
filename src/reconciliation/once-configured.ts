import { UNSET_CREDENTIAL } from '../paypal/unset-credential.ts';
import type { Job } from './job.ts';

/**
 * A job that asks PayPal. It does nothing until the shop has PayPal's credentials: on a new deployment its failures
 * would raise an alarm before its operators are done. The health check has a line for missing credentials.
 */
export const onceConfigured =
  (readSecret: () => Promise<{ readonly client_id: string }>, job: Job): Job =>
  async (run) => {
    const { client_id } = await readSecret();
    if (client_id !== UNSET_CREDENTIAL) return job(run);
    return { figures: { waiting_for_credentials: 1 }, repaired: 0, cursor: run.cursor };
  };
