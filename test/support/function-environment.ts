import { inject } from 'vitest';
import { CREDENTIALS } from '../../local/ministack.ts';

/** Lets the functions' own clients find AWS in the way that the SDK itself understands. */
export function functionEnvironment(): void {
  const { endpoint, region } = inject('aws');
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  });
}
