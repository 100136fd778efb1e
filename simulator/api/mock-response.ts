import type { MiddlewareHandler } from 'hono';
import * as z from 'zod/mini';
import { errorForStatus, issueError, type Operation, statusOf } from '../state/errors.ts';
import { parseJson } from '../state/json.ts';

const HEADER = 'PayPal-Mock-Response';
const mockSchema = z.object({ mock_application_codes: z.string() });

/** Returns the error requested by header: https://developer.paypal.com/negative-testing/request-headers */
export const mockResponse =
  (operation: Operation): MiddlewareHandler =>
  async (c, next) => {
    const header = c.req.header(HEADER);
    if (!header) return next();
    const code = mockSchema.safeParse(parseJson(header)).data?.mock_application_codes ?? '';
    if (code === 'INTERNAL_SERVER_ERROR') throw errorForStatus(500);
    // PayPal does not document unknown codes. An error keeps a typo from passing as a success.
    if (!statusOf(operation, code)) {
      throw errorForStatus(400, [{ issue: 'INVALID_PARAMETER_VALUE', field: HEADER, value: header }]);
    }
    throw issueError(operation, [{ issue: code }]);
  };
