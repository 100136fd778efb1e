import { useSyncExternalStore } from 'react';
import { type Basket, EMPTY, readBasket } from './basket.ts';

/*
 * The basket lies in the browser's storage: it survives a reload and a visit at PayPal, and all tabs have the same.
 */

const KEY = 'basket';
const storage = usableStorage();
const listeners = new Set<() => void>();

/** The last text that was read, with what it says: React wants the same object as long as nothing has changed. */
let last: { text: string | null; basket: Basket } = { text: null, basket: EMPTY };

function current(): Basket {
  const text = storage.getItem(KEY);
  if (text !== last.text) last = { text, basket: readBasket(text) };
  return last.basket;
}

/** Changes the basket, in this and all other tabs. */
export function changeBasket(change: (basket: Basket) => Basket): Basket {
  const before = current();
  const changed = change(before);
  if (changed !== before) {
    storage.setItem(KEY, JSON.stringify(changed));
    for (const listener of listeners) listener();
  }
  return changed;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    removeEventListener('storage', listener);
  };
}

/** The basket as it is now. */
export const useBasket = (): Basket => useSyncExternalStore(subscribe, current);

/** A browser may forbid pages to store anything, or have no room: then the basket lasts as long as the page. */
function usableStorage(): Pick<Storage, 'getItem' | 'setItem'> {
  try {
    localStorage.setItem(KEY, localStorage.getItem(KEY) ?? 'null');
    return localStorage;
  } catch {
    const kept = new Map<string, string>();
    return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  }
}
