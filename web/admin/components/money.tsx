import type { Money as Amount } from '../../api/schema.ts';
import { formatMoney } from '../../page/format-money.ts';

/** An amount, or a dash where there is none. */
export const Money = ({ value }: { value: Amount | null }) =>
  value ? <span className="figures">{formatMoney(value)}</span> : <>–</>;
