import type { Money as Amount } from '../../api/schema.ts';
import { moneyInWords } from '../../page/format-money.ts';

/** An amount, or a dash where there is none. */
export const Money = ({ of }: { of: Amount | null }) =>
  of ? <span className="figures">{moneyInWords(of)}</span> : <>–</>;
