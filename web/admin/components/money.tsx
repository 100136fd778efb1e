import { type MoneyText, moneyInWords } from '../format.ts';

/** An amount, or a dash where there is none. */
export const Money = ({ of }: { of: MoneyText | null }) =>
  of ? <span className="figures">{moneyInWords(of)}</span> : <>–</>;
