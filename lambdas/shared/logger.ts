import { Logger } from '@aws-lambda-powertools/logger';

/** Structured JSON logs: a stable message code, ids as keys, never whole objects nor personal data. */
export const logger = new Logger();
