/** PayPal's usual time format, in whole seconds: `2024-08-02T19:33:35Z`. */
export const formatTime = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;

/** The time format of Transaction Search, without a colon in the offset (recorded): `2019-06-04T01:27:43+0000`. */
export const formatReportTime = (time: Date): string => `${time.toISOString().slice(0, 19)}+0000`;

const PACIFIC_HOURS = -7;

/** The time format of refunds, with a Pacific offset: `2021-10-06T07:31:16-07:00`. */
export function formatPacificTime(time: Date): string {
  const shifted = new Date(time.getTime() + PACIFIC_HOURS * 60 * 60 * 1000);
  return `${shifted.toISOString().slice(0, 19)}-07:00`;
}
