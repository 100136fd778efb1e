import type { ReactNode } from 'react';
import classes from './columns.module.css';

/** Two columns; one on a narrow screen. */
export const Columns = ({ children }: { children: ReactNode }) => <div className={classes.columns}>{children}</div>;
