import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';

/** The fields of an error that are logged besides name, message and stack. None of them holds personal data. */
const LOGGED_FIELDS = ['operation', 'reason', 'status', 'issue', 'field', 'path', 'type', 'debugId'] as const;

/** Powertools would log all that hangs on an error: of a write that was refused, that is the whole item that it found. */
class WithoutContent extends LogFormatter {
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
    // JSON.parse quotes what it cannot read.
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

/** Structured JSON logs: a stable message code, ids as keys, never whole objects nor personal data. */
export const logger = new Logger({ logFormatter: new WithoutContent() });
