import { type RefObject, useEffect, useRef } from 'react';

/**
 * Keeps the place of whoever uses the keyboard, where a click takes away the very button that was clicked.
 * @param next where to go on, in the part of the page as it is then
 * @returns what that part of the page is given
 */
export function useFocusRestore<Part extends HTMLElement>(
  next: (part: Part) => HTMLElement | null | undefined,
): { readonly ref: RefObject<Part | null>; readonly onClickCapture: () => void } {
  const ref = useRef<Part>(null);
  const clicked = useRef(false);
  useEffect(() => {
    const part = ref.current;
    if (clicked.current && part && document.activeElement === document.body) next(part)?.focus({ preventScroll: true });
    clicked.current = false;
  });
  return {
    ref,
    onClickCapture: () => {
      clicked.current = true;
    },
  };
}
