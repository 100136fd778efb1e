import * as z from 'zod/mini';
import { parseQuery } from '../shared/http/request.ts';
import type { Api } from '../shared/http/router.ts';

/** A `--context` value of the deployment. */
export interface Setting {
  readonly name: string;
  /** Null for none. */
  readonly value: string | null;
  /** Whether a deployment has set it and later ones keep it; otherwise it is the stage's default. */
  readonly kept: boolean;
}

export interface SettingsRoutesDeps {
  readonly stage: string;
  readonly settings: readonly Setting[];
}

/** With what the stage is deployed. Only a deployment changes it. */
export function settingsRoutes(api: Api, { stage, settings }: SettingsRoutesDeps): void {
  api.get('/api/v1/admin/settings', async ({ event }) => {
    parseQuery(z.strictObject({}), event);
    return { status: 200, body: { stage, settings } };
  });
}
