import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { logger } from '../logger.ts';
import { toProblem } from './error-to-problem.ts';
import { type HttpResponse, problemResponse, toResult } from './response.ts';

/** A Lambda handler without routes: returns an error as a problem response. */
export const httpHandler =
  (handle: (event: APIGatewayProxyEventV2) => Promise<HttpResponse>) =>
  async (event: APIGatewayProxyEventV2, context: Context): Promise<APIGatewayProxyStructuredResultV2> => {
    logger.resetKeys();
    logger.addContext(context);
    try {
      return toResult(await handle(event));
    } catch (error) {
      return toResult(problemResponse(toProblem(error)));
    }
  };
