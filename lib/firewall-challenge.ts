/*
 * Imported by lib/ and by the pages: keep it free of imports.
 */

/** The query parameter that makes the firewall challenge a page, with the value `required`. */
export const CHALLENGE_PARAMETER = 'challenge';
