import type { Money as Amount } from '../../api/schema.ts';
import { formatMoney } from '../../page/format-money.ts';

/** An amount, or a dash. */
export const Money = ({ value }: { value: Amount | null }) => (value ? formatMoney(value) : '–');
