/** docs/openapi.yaml, parsed while bundling: see `bundle` in lib/constructs/node-lambda.ts. */
declare const OPENAPI_DOCUMENT: object;
