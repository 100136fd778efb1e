import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { logger } from '../logger.ts';
import { toProblem } from './error-to-problem.ts';
import { problemResponse, toResult } from './response.ts';

/** A Lambda handler for calls that need no routes: what the work gives is answered with 200, what it throws becomes a problem. */
export const httpHandler =
  (work: (event: APIGatewayProxyEventV2) => Promise<object>) =>
  async (event: APIGatewayProxyEventV2, context: Context): Promise<APIGatewayProxyStructuredResultV2> => {
    logger.resetKeys();
    logger.addContext(context);
    try {
      return toResult({ status: 200, body: await work(event) });
    } catch (error) {
      return toResult(problemResponse(toProblem(error)));
    }
  };
