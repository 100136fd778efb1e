import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';

/** The fields of an error that are logged besides name, message and stack. None holds personal data. */
const LOGGED_FIELDS = ['operation', 'reason', 'status', 'issue', 'field', 'path', 'type', 'debugId'] as const;

/** Powertools would log all properties of an error: of a failed conditional write, that includes the existing item. */
class SafeErrorFormatter extends LogFormatter {
  override formatAttributes(attributes: UnformattedAttributes, added: LogAttributes): LogItem {
    const { logLevel: level, message, timestamp, serviceName: service, lambdaContext, xRayTraceId } = attributes;
    return new LogItem({
      attributes: {
        level,
        message,
        timestamp: this.formatTimestamp(timestamp),
        service,
        cold_start: lambdaContext?.coldStart,
        function_request_id: lambdaContext?.awsRequestId,
        xray_trace_id: xRayTraceId,
      },
    }).addAttributes(added);
  }

  override formatError(error: Error): LogAttributes {
    const { name, cause } = error;
    // JSON.parse quotes its input.
    const message = error instanceof SyntaxError ? 'not JSON' : error.message;
    return {
      name,
      message,
      stack: error.stack?.replace(error.message, message),
      ...Object.fromEntries(LOGGED_FIELDS.flatMap((key) => (key in error ? [[key, error[key as keyof Error]]] : []))),
      ...(cause instanceof Error && { cause: this.formatError(cause) }),
    };
  }
}

/** JSON lines with a stable code as message and ids as keys; no whole objects, no personal data. */
export const logger = new Logger({ logFormatter: new SafeErrorFormatter() });
