import type { ReactNode } from 'react';
import classes from './result-list.module.css';

/** A list of `<li>` in a dialog. */
export const ResultList = ({ children }: { children: ReactNode }) => <ul className={classes.list}>{children}</ul>;
